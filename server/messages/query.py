"""The words of the query page."""

MESSAGES: dict[str, dict[str, str]] = {
    # Query
    "query.title": {"zh-Hant": "查詢", "zh-Hans": "查询", "en": "Query"},
    "query.lede": {
        "zh-Hant": "用 SPARQL 問這份資料。不熟也無妨，從下面的例子改起。",
        "en": "Ask the data in SPARQL. New to it? Start from one of the examples below.",
    },
    "query.text": {"zh-Hant": "查詢內容", "zh-Hans": "查询内容", "en": "Query"},
    "query.format": {"zh-Hant": "結果格式", "en": "Format"},
    "query.format.html": {"zh-Hant": "此頁的表格", "en": "Table on this page"},
    "query.run": {"zh-Hant": "執行", "en": "Run"},
    "query.examples": {"zh-Hant": "例子", "en": "Examples"},
    "query.prefixes": {"zh-Hant": "這份資料用的前綴", "en": "Prefixes of these data"},
    "query.result": {"zh-Hant": "結果", "en": "Result"},
    "query.count": {"zh-Hant": "{count} 列", "zh-Hans": "{count} 行", "en": "{count} rows"},
    "query.cut": {
        "zh-Hant": "顯示前 {count} 列",
        "zh-Hans": "显示前 {count} 行",
        "en": "the first {count} are shown",
    },
    "query.empty": {"zh-Hant": "沒有符合的結果。", "en": "Nothing matches."},
    "query.true": {"zh-Hant": "是", "en": "Yes"},
    "query.false": {"zh-Hant": "否", "en": "No"},
    "query.union": {
        "zh-Hant": "沒有寫 GRAPH 的查詢，讀的是所有圖的聯集。語言標籤一律小寫：請用 LANGMATCHES，不要用等號比較。",
        "zh-Hans": "没有写 GRAPH 的查询，读的是所有图的并集。语言标签一律小写：请用 LANGMATCHES，不要用等号比较。",
        "en": "A query without GRAPH reads all graphs together. Language tags are in small letters: compare them with LANGMATCHES, not with “=”.",
    },
    "query.strict": {
        "zh-Hant": "沒有寫 GRAPH 的查詢，只讀沒有名字的圖；事實都在有名字的圖裡，請寫 GRAPH ?g { … }。",
        "zh-Hans": "没有写 GRAPH 的查询，只读没有名字的图；事实都在有名字的图里，请写 GRAPH ?g { … }。",
        "en": "A query without GRAPH reads the unnamed graph alone; facts live in named graphs, so write GRAPH ?g { … }.",
    },
    "query.place": {
        "zh-Hant": "第 {line} 行，第 {column} 字",
        "en": "Line {line}, column {column}",
    },
}
