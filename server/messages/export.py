"""The words of the page of downloads."""

MESSAGES: dict[str, dict[str, str]] = {
    "export.evidence": {
        "zh-Hant": "每個陳述連同出處",
        "en": "Each statement with its evidence",
    },
    "export.network": {"zh-Hant": "關係圖", "en": "As a network"},
    "export.tables": {
        "zh-Hant": "表格：事物、關係、數字",
        "en": "As tables: things, links, figures",
    },
    "export.edition": {"zh-Hant": "版次", "en": "edition"},
    "export.quads": {
        "zh-Hant": "{count} 個四元組",
        "zh-Hans": "{count} 个四元组",
        "en": "{count} quads",
    },
    "export.license": {"zh-Hant": "授權", "zh-Hans": "许可", "en": "licence"},
    "export.cite": {"zh-Hant": "引用", "en": "cite as"},
    "export.catalogue": {"zh-Hant": "目錄", "zh-Hans": "目录", "en": "catalogue"},
    "export.resume": {
        "zh-Hant": "檔名帶版次；下載中斷了可以續傳。",
        "zh-Hans": "文件名带版次；下载中断了可以续传。",
        "en": "Names tell the edition; a download that breaks off can go on.",
    },
    "export.answer": {
        "zh-Hant": "一個查詢的回答：",
        "zh-Hans": "一个查询的回答：",
        "en": "One query's answer:",
    },
    "export.title": {
        "zh-Hant": "雙馬所載的資料集",
        "zh-Hans": "双马所载的数据集",
        "en": "A dataset served by Shuangma",
    },
    "export.described": {
        "zh-Hant": "以 RDF 寫成的知識圖譜，可以用 SPARQL 查詢；凡是文章裡的事實，都註明出自哪一句話。",
        "zh-Hans": "以 RDF 写成的知识图谱，可以用 SPARQL 查询；凡是文章里的事实，都注明出自哪一句话。",
        "en": "A knowledge graph in RDF that SPARQL can ask; every fact of an article is cited to the passage that says it.",
    },
}
