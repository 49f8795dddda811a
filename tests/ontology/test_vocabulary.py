"""The ontology explains each of its terms, and its parts agree."""

import json
import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

import ontology
from ontology import CANONICAL_BASE, Vocabulary, load

SCHEMA = Namespace("https://schema.org/")
SM = Namespace(f"{CANONICAL_BASE}ontology#")
XSD = "http://www.w3.org/2001/XMLSchema#"
LANGUAGES = {"en", "zh-hant", "zh-hans"}
VOCABULARY = load()
OWN = sorted(
    {str(s) for s in VOCABULARY.ontology.subjects() if str(s).startswith(str(SM))}
)  # fmt: skip
DECLARED = {str(s) for s in VOCABULARY.ontology.subjects(RDF.type)}
TERMS = sorted(VOCABULARY.terms.items())
CITABLE = sorted(iri for iri, prop in VOCABULARY.properties.items() if prop.citable)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return VOCABULARY


def name(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def languages(vocabulary: Vocabulary, iri: str, predicate: URIRef) -> list[str]:
    return sorted(
        str(o.language).lower()
        for o in vocabulary.ontology.objects(URIRef(iri), predicate)
        if isinstance(o, Literal) and str(o).strip()
    )


@pytest.mark.parametrize("iri", OWN, ids=name)
def test_an_own_term_is_labelled_and_defined_in_each_script(
    iri: str, vocabulary: Vocabulary
) -> None:
    assert languages(vocabulary, iri, RDFS.label) == sorted(LANGUAGES)
    assert languages(vocabulary, iri, SKOS.definition) == sorted(LANGUAGES)
    assert vocabulary.label(iri, "zh-Hant")
    defined_by = vocabulary.ontology.value(URIRef(iri), RDFS.isDefinedBy)
    assert defined_by == URIRef(f"{CANONICAL_BASE}ontology")


@pytest.mark.parametrize("iri", sorted(DECLARED - set(OWN)), ids=name)
def test_a_borrowed_term_is_labelled_in_each_script(iri: str, vocabulary: Vocabulary) -> None:
    if iri != f"{CANONICAL_BASE}ontology" and not iri.startswith("N"):
        assert languages(vocabulary, iri, RDFS.label) == sorted(LANGUAGES)


@pytest.mark.parametrize(
    "iri", [iri for iri in OWN if iri in VOCABULARY.properties], ids=name
)  # fmt: skip
def test_an_own_property_has_a_domain_and_a_range_that_are_declared(
    iri: str, vocabulary: Vocabulary
) -> None:
    prop = vocabulary.properties[iri]
    builtin = {str(RDFS.Resource), str(RDF.Statement), str(RDF.langString), str(RDF.Property)}
    assert prop.domain
    assert prop.range
    assert prop.domain <= vocabulary.classes | builtin
    if prop.is_object_property:
        assert prop.range <= vocabulary.classes | builtin
    else:
        assert all(each.startswith(XSD) or each in builtin for each in prop.range)


@pytest.mark.parametrize(
    "iri",
    [iri for iri in OWN if iri in VOCABULARY.properties or iri in VOCABULARY.classes],
    ids=name,
)
def test_an_own_class_or_property_has_an_example_that_uses_it(
    iri: str, vocabulary: Vocabulary
) -> None:
    examples = [str(o) for o in vocabulary.ontology.objects(URIRef(iri), SKOS.example)]
    assert examples
    prefixes = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in vocabulary.prefixes.items())
    for example in examples:
        if iri in vocabulary.properties:
            found = Graph().parse(data=f"{prefixes}{example} .", format="turtle")
            assert URIRef(iri) in set(found.predicates())
        else:
            found = Graph().parse(data=f"{prefixes}{example} a <{iri}> .", format="turtle")
            assert len(found) == 1


@pytest.mark.parametrize(("term", "iri"), TERMS, ids=[term for term, _ in TERMS])
def test_a_term_of_the_context_is_declared_or_a_standards_own(
    term: str, iri: str, vocabulary: Vocabulary
) -> None:
    ours_or_borrowed = (str(SM), str(SCHEMA))
    standards = {
        "rdfs:label", "skos:prefLabel", "skos:definition", "schema:description", "schema:headline",
        "schema:articleBody", "rdfs:comment", "skos:altLabel", "skos:exactMatch", "rdf:subject",
        "rdf:predicate", "rdf:object", "oa:hasSelector", "oa:hasSource", "oa:hasTarget",
        "oa:motivatedBy", "oa:exact", "oa:prefix", "oa:suffix", "oa:start", "oa:end",
        "prov:wasAttributedTo", "schema:author", "schema:publisher", "schema:datePublished",
        "schema:inLanguage", "dcterms:license", "schema:isBasedOn", "schema:translationOfWork",
    }  # fmt: skip
    compact = next(
        (
            f"{p}:{iri.removeprefix(ns)}"
            for p, ns in vocabulary.prefixes.items()
            if iri.startswith(ns)
        ),
        iri,
    )
    assert iri in DECLARED or compact in standards
    assert not iri.startswith(ours_or_borrowed[0]) or iri in DECLARED


def test_every_own_class_and_property_has_a_term_in_the_context(vocabulary: Vocabulary) -> None:
    named = set(vocabulary.terms.values())
    assert {*vocabulary.classes, *vocabulary.properties} <= named | {
        str(SCHEMA.Event), str(RDF.Statement),
    }  # fmt: skip


@pytest.mark.parametrize("iri", CITABLE, ids=name)
def test_a_citable_property_has_a_term_that_coerces_rightly(
    iri: str, vocabulary: Vocabulary
) -> None:
    term = vocabulary.short(iri)
    assert vocabulary.terms.get(term) == iri
    definition = vocabulary.context[term]
    coercion = definition.get("@type") if isinstance(definition, dict) else None
    prop = vocabulary.properties[iri]
    if prop.is_object_property:
        assert coercion == "@id"
    elif prop.range in ({f"{XSD}integer"}, {f"{XSD}duration"}):
        assert coercion == "xsd:" + next(iter(prop.range)).removeprefix(XSD)
    else:
        # Dates differ in precision and figures in kind, so each literal bears its own type.
        assert coercion is None


def test_terms_and_prefixes_are_unique(vocabulary: Vocabulary) -> None:
    text = (Path(ontology.__file__).parent / "context.jsonld").read_text("utf-8")
    pairs: list[str] = []
    json.loads(text, object_pairs_hook=lambda found: pairs.extend(k for k, _ in found))
    keys = [key for key in pairs if not key.startswith("@")]
    assert len(keys) == len(set(keys))
    assert len(set(vocabulary.prefixes.values())) == len(vocabulary.prefixes)
    assert len(set(vocabulary.terms.values())) == len(vocabulary.terms)
    assert not vocabulary.terms.keys() & vocabulary.prefixes.keys()


def test_the_files_use_the_prefixes_of_the_context(vocabulary: Vocabulary) -> None:
    folder = Path(ontology.__file__).parent
    for file in ("shuangma.ttl", "shapes.ttl"):
        text = (folder / file).read_text("utf-8")
        for prefix, namespace in re.findall(r"@prefix (\w+): <(.+?)>", text):
            assert vocabulary.prefixes.get(prefix, namespace) == namespace


def test_the_context_makes_a_round_trip(vocabulary: Vocabulary) -> None:
    document = {
        "@context": vocabulary.context,
        "iri": "id:A",
        "type": "Person",
        "prefLabel": {"en": "A", "zh-Hant": "甲"},
        "altLabel": {"en": ["a", "b"]},
        "controls": "id:B",
        "attemptNumber": "3",
        "rdfObject": {"iri": "id:B"},
    }
    found = Graph().parse(data=json.dumps(document), format="json-ld")
    a, b = URIRef(f"{CANONICAL_BASE}id/A"), URIRef(f"{CANONICAL_BASE}id/B")
    assert set(found) == {
        (a, RDF.type, SCHEMA.Person),
        (a, SKOS.prefLabel, Literal("A", lang="en")),
        (a, SKOS.prefLabel, Literal("甲", lang="zh-Hant")),
        (a, SKOS.altLabel, Literal("a", lang="en")),
        (a, SKOS.altLabel, Literal("b", lang="en")),
        (a, SM.controls, b),
        (a, SM.attemptNumber, Literal("3", datatype=URIRef(f"{XSD}integer"))),
        (a, RDF.object, b),
    }
    again = Graph().parse(
        data=found.serialize(format="json-ld", context=vocabulary.context), format="json-ld"
    )
    assert set(again) == set(found)


def test_shapes_speak_of_declared_terms_alone(vocabulary: Vocabulary) -> None:
    used = {
        str(term)
        for triple in vocabulary.shapes
        for term in triple
        if isinstance(term, URIRef) and str(term).startswith(str(SM))
    }
    assert used
    assert used <= DECLARED


def test_no_class_lies_below_itself_and_every_superclass_is_declared(
    vocabulary: Vocabulary,
) -> None:
    for iri in vocabulary.classes:
        for above in vocabulary.direct_superclasses(iri):
            assert above in vocabulary.classes
            assert iri not in vocabulary.superclasses(above)


def test_inverses_mirror_each_other(vocabulary: Vocabulary) -> None:
    for iri, prop in vocabulary.properties.items():
        for inverse in prop.inverses:
            other = vocabulary.properties[inverse]
            assert iri in other.inverses
            assert (prop.domain, prop.range) == (other.range, other.domain)
            assert prop.citable == other.citable


def test_a_superproperty_admits_what_its_subproperty_does(vocabulary: Vocabulary) -> None:
    for prop in vocabulary.properties.values():
        for above in prop.superproperties:
            upper = vocabulary.properties.get(above)
            if upper is None or str(SCHEMA.Thing) in upper.domain:
                continue
            assert all(vocabulary.is_a(each, upper.domain) for each in prop.domain), prop.iri


def test_individuals_are_of_own_classes(vocabulary: Vocabulary) -> None:
    kinds = {name(kind) for kind in vocabulary.individuals.values()}
    assert kinds == {"Outcome", "Precision", "Modality", "Rule", "Unit"}


@pytest.mark.parametrize(
    "base", ["http://localhost:8080/", "https://data.example.org/a/b/", "https://a.example/~x/"]
)
def test_another_base_takes_the_place_of_the_canonical_one(base: str) -> None:
    vocabulary = load(base)
    assert vocabulary.base == base
    assert vocabulary.namespace == f"{base}ontology#"
    assert len(vocabulary.properties) == len(VOCABULARY.properties)
    assert vocabulary.classes != VOCABULARY.classes
    for graph in (vocabulary.ontology, vocabulary.shapes):
        assert not [t for triple in graph for t in triple if CANONICAL_BASE in str(t)]
    assert CANONICAL_BASE not in json.dumps(vocabulary.context)
    assert CANONICAL_BASE not in json.dumps(
        [*vocabulary.prefixes.values(), *vocabulary.terms.values()]
    )


@pytest.mark.parametrize(
    "base",
    [
        "", "/", "example.org/", "https://example.org", "https://", "https:///", "://a/",
        'https://a.example/"/', "https://a.example/<x>/", "https://a b.example/", "https://a.example/\\/",
        "https://a.example/#/", "https://a.example/?q=/", "https://例.example/", "https://a.example/\n/",
        "//a.example/", "javascript://x/", "https://a.example/%zz/",
    ],
    ids=repr,
)  # fmt: skip
def test_a_base_that_makes_no_iris_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base"):
        load(base)


def test_what_is_not_declared_has_no_class_above_and_no_label(vocabulary: Vocabulary) -> None:
    unknown = "http://a.example/Unknown"
    assert vocabulary.superclasses(unknown) == {unknown}
    assert vocabulary.direct_superclasses(unknown) == ()
    assert not vocabulary.is_a(unknown, [str(SM.Actor)])
    assert vocabulary.label(unknown, "en") is None
    assert vocabulary.short(unknown) == unknown
    assert vocabulary.label(str(SM.Company), "de") is None


def test_a_class_is_what_lies_above_it(vocabulary: Vocabulary) -> None:
    assert vocabulary.is_a(str(SM.AppStore), [str(SM.Actor)])
    assert vocabulary.is_a(str(SM.Actor), [str(SM.Actor)])
    assert not vocabulary.is_a(str(SM.Actor), [str(SM.AppStore)])


def test_own_terms_are_declared_once_as_class_property_or_individual(
    vocabulary: Vocabulary,
) -> None:
    kinds = {
        iri: set(vocabulary.ontology.objects(URIRef(iri), RDF.type))
        & {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
        for iri in OWN
    }
    individuals = vocabulary.individuals.keys()
    assert not [iri for iri, own in kinds.items() if len(own) + (iri in individuals) != 1]
