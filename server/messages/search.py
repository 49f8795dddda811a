"""The words of search."""

MESSAGES: dict[str, dict[str, str]] = {
    "search": {"zh-Hant": "搜尋", "zh-Hans": "搜索", "en": "Search"},
    "nav.search": {"zh-Hant": "搜尋", "zh-Hans": "搜索", "en": "Search"},
    "search.placeholder": {
        "zh-Hant": "名字、拼音、英文，或文章裡的字句",
        "en": "A name, pinyin, English, or words of the text",
    },
    "search.title": {"zh-Hant": "搜尋", "zh-Hans": "搜索", "en": "Search"},
    "search.title.of": {
        "zh-Hant": "搜尋「{text}」",
        "zh-Hans": "搜索“{text}”",
        "en": "“{text}” – search",
    },
    "search.go": {"zh-Hant": "搜尋", "zh-Hans": "搜索", "en": "Search"},
    "search.hint": {
        "zh-Hant": "名字或其中一段，繁簡、拼音、拼音首字母、英文都可以；也找文章裡的字句。",
        "zh-Hans": "名字或其中一段，繁简、拼音、拼音首字母、英文都可以；也找文章里的字句。",
        "en": "A name or part of one, in Chinese, pinyin, its initials or English; or words of the article.",
    },
    "search.try": {"zh-Hant": "例如", "en": "For example"},
    "search.things": {"zh-Hant": "名字", "en": "Names"},
    "search.things.count": {"zh-Hant": "{count} 個", "en": "{count} found"},
    "search.passages": {"zh-Hant": "文章裡的話", "en": "In the texts"},
    "search.passages.all": {
        "zh-Hant": "全部 {count} 段",
        "en": "All {count} passages",
    },
    "search.things.back": {"zh-Hant": "回到名字", "en": "Back to the names"},
    "search.more_than": {"zh-Hant": "{count} 以上", "en": "more than {count}"},
    "search.class": {"zh-Hant": "類別", "en": "Kind"},
    "search.article": {"zh-Hant": "文章", "en": "Article"},
    "search.narrow": {"zh-Hant": "縮小範圍", "en": "Narrow down"},
    "search.widen": {"zh-Hant": "取消", "en": "remove"},
    "search.matched": {
        "zh-Hant": "又名「{name}」",
        "zh-Hans": "又名“{name}”",
        "en": "also “{name}”",
    },
    "search.degree": {
        "zh-Hant": "{count} 條關係",
        "zh-Hans": "{count} 条关系",
        "en": "{count} links",
    },
    "search.degree.one": {"zh-Hant": "1 條關係", "zh-Hans": "1 条关系", "en": "1 link"},
    "search.explore": {"zh-Hant": "在關係圖中看", "en": "See it in the graph"},
    "search.statement": {"zh-Hant": "這句話說了什麼", "en": "What it says"},
    "search.earlier": {"zh-Hant": "上一頁", "en": "Previous"},
    "search.later": {"zh-Hant": "下一頁", "en": "Next"},
    "search.pages": {"zh-Hant": "翻頁", "en": "Pages"},
    "search.range": {
        "zh-Hant": "第 {first}–{last} 個，共 {total} 個",
        "en": "{first}–{last} of {total}",
    },
    "search.nothing": {
        "zh-Hant": "找不到「{text}」",
        "zh-Hans": "找不到“{text}”",
        "en": "Nothing is called “{text}”",
    },
    "search.nothing.hint": {
        "zh-Hant": "換一個寫法，少打幾個字，或到關係圖裡看看有些什麼。",
        "en": "Try another spelling or fewer words, or look around in the graph.",
    },
    "search.not_ready": {
        "zh-Hant": "索引正在建立，現在只比對了名字的寫法；過一會兒再找，會更齊全。",
        "en": "The index is still being made; only spellings of names were compared. Search again in a while for all of it.",
    },
    "search.now_ready": {
        "zh-Hant": "索引建好了。",
        "en": "The index is ready now.",
    },
    "search.again": {"zh-Hant": "再找一次", "en": "Search again"},
    "search.partial": {
        "zh-Hant": "這裡接的是另一個資料庫，沒有索引：只比對名字的寫法，不認拼音，也不容錯字。",
        "en": "Another engine holds these data, and there is no index: only spellings of names are compared, without pinyin or slips.",
    },
    "search.box.count": {
        "zh-Hant": "{count} 個建議，用上下鍵選",
        "en": "{count} suggestions; choose with the arrow keys",
    },
    "search.box.none": {"zh-Hant": "沒有建議", "en": "No suggestions"},
    "search.box.failed": {
        "zh-Hant": "現在沒有建議可用",
        "en": "Suggestions are not available just now",
    },
}
