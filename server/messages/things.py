"""The words of the pages about things, articles, the vocabulary and downloads."""

MESSAGES: dict[str, dict[str, str]] = {
    # Reader
    "reader.byline": {"zh-Hant": "{author}，{date}", "en": "{author}, {date}"},
    "reader.retold": {
        "zh-Hant": "這是轉述，不是原文；劃點線的字句都能點開，看它說了什麼。",
        "en": "This is a retelling, not the original; every dotted passage can be pressed to see what it says.",
    },
    "reader.other": {"zh-Hant": "換個語言讀", "en": "Read it in"},
    "reader.says": {"zh-Hant": "每句話說了什麼", "en": "What each passage says"},
    "reader.help": {
        "zh-Hant": "點文章裡劃了點線的字句。",
        "en": "Press a dotted passage of the text.",
    },
    "reader.oddities": {"zh-Hant": "文章裡對不上的地方", "en": "What does not add up"},
    "reader.download": {"zh-Hant": "這篇文章的資料", "en": "The data of this article"},
    # A thing
    "thing.facts": {"zh-Hant": "文章怎麼說", "en": "What is said of it"},
    "thing.incoming": {"zh-Hant": "別的事實提到它", "en": "Facts that mention it"},
    "thing.figures": {"zh-Hant": "數字", "en": "Figures"},
    "thing.says": {"zh-Hant": "誰說的？", "en": "Says who?"},
    "thing.explore": {"zh-Hant": "在關係圖裡看", "en": "See it in the graph"},
    "thing.data": {"zh-Hant": "給程式讀的格式", "en": "For programs"},
    "thing.statement": {"zh-Hant": "這個陳述", "en": "The statement"},
    "thing.identifier": {"zh-Hant": "識別碼", "en": "Identifier"},
    # Ontology
    "ontology.title": {"zh-Hant": "詞彙", "en": "Ontology"},
    "ontology.lede": {
        "zh-Hant": "這份資料用到的每個類別與關係：是什麼意思，連接什麼，舉個例子。",
        "en": "Every class and relation that the data use: what it means, what it joins, an example.",
    },
    "ontology.contents": {"zh-Hant": "目次", "en": "Contents"},
    "ontology.classes": {"zh-Hant": "類別", "en": "Classes"},
    "ontology.properties": {"zh-Hant": "關係與屬性", "en": "Relations and properties"},
    "ontology.individuals": {"zh-Hant": "固定的值", "en": "Fixed values"},
    "ontology.domain": {"zh-Hant": "用於", "en": "Said of"},
    "ontology.range": {"zh-Hant": "值為", "en": "Value"},
    "ontology.synonyms": {"zh-Hant": "也稱", "en": "Also called"},
    "ontology.super": {"zh-Hant": "屬於", "en": "A kind of"},
    "ontology.example": {"zh-Hant": "例", "en": "Example"},
    "ontology.citable": {"zh-Hant": "須註明出處", "en": "needs a source"},
    "ontology.data": {"zh-Hant": "給程式讀的格式", "en": "For programs"},
    # Downloads
    "export.lede": {
        "zh-Hant": "整份資料，或單獨一篇文章、一個項目，任選格式。",
        "en": "Everything, or one article, or one thing, in the format of your choice.",
    },
    "export.whole": {"zh-Hant": "整份資料", "en": "Everything"},
    "export.graph": {"zh-Hant": "合為一張圖", "en": "As one graph"},
    "export.dataset": {
        "zh-Hant": "保留各篇出處的分圖",
        "en": "With named graphs, one for each article",
    },
    "export.more": {"zh-Hant": "其他", "en": "More"},
    "export.one": {"zh-Hant": "單獨一個項目，例如", "en": "One thing, for instance"},
}
