"""What the terms of the standards are called, where a dataset does not say."""

from __future__ import annotations

from collections.abc import Mapping

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_DC = "http://purl.org/dc/terms/"
_OA = "http://www.w3.org/ns/oa#"
_SCHEMA = "https://schema.org/"
_PROV = "http://www.w3.org/ns/prov#"

_NAMES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    _RDF: {
        "type": ("is a", "屬於"),
        "subject": ("subject", "主語"),
        "predicate": ("predicate", "謂語"),
        "object": ("object", "賓語"),
        "first": ("first", "首項"),
        "rest": ("rest", "其餘"),
        "value": ("value", "值"),
        "Property": ("property", "屬性"),
    },
    _RDFS: {
        "label": ("label", "名稱"),
        "comment": ("comment", "說明"),
        "subClassOf": ("is a kind of", "上層類別"),
        "subPropertyOf": ("is a special case of", "上層關係"),
        "domain": ("said of", "用於"),
        "range": ("value is", "值為"),
        "isDefinedBy": ("defined by", "由此定義"),
        "seeAlso": ("see also", "另見"),
        "Class": ("class", "類別"),
    },
    _OWL: {
        "Class": ("class", "類別"),
        "ObjectProperty": ("relation", "關係"),
        "DatatypeProperty": ("property", "屬性"),
        "AnnotationProperty": ("annotation", "註解屬性"),
        "TransitiveProperty": ("transitive relation", "遞移關係"),
        "SymmetricProperty": ("symmetric relation", "對稱關係"),
        "NamedIndividual": ("individual", "個體"),
        "Ontology": ("vocabulary", "詞彙"),
        "inverseOf": ("inverse of", "反向關係"),
        "propertyChainAxiom": ("follows from the chain", "由此鏈得出"),
        "sameAs": ("same as", "等同"),
        "equivalentClass": ("same class as", "等同類別"),
        "disjointWith": ("shares nothing with", "互斥"),
        "versionInfo": ("version", "版本"),
        "unionOf": ("any of", "其中之一"),
    },
    _SKOS: {
        "prefLabel": ("name", "名稱"),
        "altLabel": ("also written", "又作"),
        "definition": ("definition", "定義"),
        "example": ("example", "例"),
        "notation": ("notation", "代號"),
        "broader": ("broader", "上位"),
        "narrower": ("narrower", "下位"),
        "related": ("related", "相關"),
        "exactMatch": ("same in another dataset", "別處的同一項"),
        "closeMatch": ("close to", "相近"),
        "inScheme": ("in the scheme", "所屬體系"),
        "scopeNote": ("scope", "適用範圍"),
        "historyNote": ("history", "沿革"),
        "changeNote": ("change", "變更"),
    },
    _DC: {
        "created": ("created", "建立日期"),
        "modified": ("changed", "修改日期"),
        "issued": ("issued", "發布日期"),
        "creator": ("made by", "作者"),
        "license": ("licence", "授權"),
        "title": ("title", "標題"),
        "description": ("description", "說明"),
        "source": ("source", "來源"),
        "publisher": ("publisher", "出版者"),
        "subject": ("subject", "主題"),
        "language": ("language", "語言"),
    },
    _OA: {
        "hasTarget": ("about", "針對"),
        "hasSource": ("part of", "出自"),
        "hasSelector": ("selected by", "選取方式"),
        "motivatedBy": ("motivation", "動機"),
        "questioning": ("questioning", "質疑"),
        "start": ("from character", "起"),
        "end": ("to character", "止"),
        "exact": ("words", "原話"),
        "prefix": ("words before", "前文"),
        "suffix": ("words after", "後文"),
    },
    _PROV: {
        "wasAttributedTo": ("said by", "出自誰"),
        "wasDerivedFrom": ("made from", "取自"),
        "startedAtTime": ("began", "開始"),
        "endedAtTime": ("ended", "結束"),
    },
    _SCHEMA: {
        "datePublished": ("published", "發表日期"),
        "author": ("author", "作者"),
        "publisher": ("publisher", "發布者"),
        "headline": ("headline", "標題"),
        "inLanguage": ("language", "語言"),
        "isBasedOn": ("based on", "根據"),
        "translationOfWork": ("translation of", "譯自"),
        "description": ("description", "說明"),
        "url": ("address", "網址"),
        "unitCode": ("unit code", "單位代碼"),
        "currency": ("currency code", "貨幣代碼"),
    },
}

STANDARD_NAMES: Mapping[str, Mapping[str, str]] = {
    namespace + local: {"en": english, "zh-hant": chinese}
    for namespace, names in _NAMES.items()
    for local, (english, chinese) in names.items()
}
"""The names of a term by language tag, in small letters."""
