"""The words of the network page's panels: time, measures, what to take away, the tour."""

MESSAGES: dict[str, dict[str, str]] = {
    "explore.panel.time": {"zh-Hant": "時間", "en": "Time"},
    "explore.panel.measures": {"zh-Hant": "量度", "zh-Hans": "度量", "en": "Measures"},
    "explore.panel.take": {"zh-Hant": "帶走", "en": "Take away"},
    "explore.panel.tour": {"zh-Hant": "?", "en": "?"},
    "explore.panel.close": {"zh-Hant": "關閉「{name}」", "en": "Close {name}"},
    # Time
    "explore.time.from": {"zh-Hant": "從", "en": "From"},
    "explore.time.to": {"zh-Hant": "到", "en": "to"},
    "explore.time.all": {"zh-Hant": "全部時間", "en": "All of it"},
    "explore.time.none": {
        "zh-Hant": "這裡沒有帶日期的事件。",
        "en": "Nothing here has a date.",
    },
    "explore.time.steps": {"zh-Hant": "逐件播放", "en": "One event after another"},
    "explore.time.play": {"zh-Hant": "播放", "en": "Play"},
    "explore.time.pause": {"zh-Hant": "暫停", "en": "Pause"},
    "explore.time.step": {"zh-Hant": "下一件", "en": "Next event"},
    "explore.time.previous": {"zh-Hant": "上一件", "en": "Previous event"},
    "explore.time.next": {"zh-Hant": "下一件", "en": "Next event"},
    "explore.time.zoom": {"zh-Hant": "縮放時間軸", "en": "Zoom the timeline"},
    "explore.time.zoom.in": {"zh-Hant": "放大時間軸", "en": "Zoom in on time"},
    "explore.time.zoom.out": {"zh-Hant": "縮小時間軸", "en": "Zoom out of time"},
    "explore.time.zoom.fit": {"zh-Hant": "看全部時間", "en": "Show all of the time"},
    "explore.time.now": {
        "zh-Hant": "{index} / {count}　{date}：{name}",
        "en": "{index} of {count} · {date}: {name}",
    },
    "explore.time.attempt": {"zh-Hant": "第 {number} 次嘗試：", "en": "Attempt {number}: "},
    "explore.time.order.differs": {
        "zh-Hant": "嘗試的編號是 {numbers}。依日期的先後卻是 {dates}。",
        "en": "The attempts are numbered {numbers}. By date they come in the order {dates}.",
    },
    "explore.time.order.same": {
        "zh-Hant": "嘗試依編號和依日期的先後相同：{dates}。",
        "en": "The attempts come in the same order by number and by date: {dates}.",
    },
    "explore.time.order.undated": {
        "zh-Hant": "沒有日期的：{numbers}。",
        "en": "Without a date: {numbers}.",
    },
    # Measures
    "explore.measures.size": {"zh-Hant": "大小", "en": "Size by"},
    "explore.measures.colour": {"zh-Hant": "顏色", "en": "Colour by"},
    "explore.measures.usual": {"zh-Hant": "照常", "en": "as usual"},
    "explore.measures.computing": {"zh-Hant": "計算中…", "en": "Computing…"},
    "explore.measures.table": {
        "zh-Hant": "圖中各項的量度",
        "zh-Hans": "图中各项的度量",
        "en": "Measures of the things in view",
    },
    "explore.measures.label": {"zh-Hant": "名稱", "en": "Name"},
    "explore.measures.kind": {"zh-Hant": "類別", "en": "Kind"},
    "explore.measures.cut": {
        "zh-Hant": "列出 {all} 項中的 {shown} 項",
        "en": "{shown} of {all} listed",
    },
    "explore.measures.legend": {"zh-Hant": "顏色：{measure}", "en": "Colours: {measure}"},
    "explore.measures.below": {"zh-Hant": "{value} 以下", "en": "below {value}"},
    "explore.measures.between": {
        "zh-Hant": "{least} 至 {most}",
        "en": "{least} to {most}",
    },
    "explore.measures.from": {"zh-Hant": "{value} 以上", "en": "{value} or more"},
    "explore.measures.all": {"zh-Hant": "全部相同", "en": "all the same"},
    "explore.measures.community": {
        "zh-Hant": "{names}等 {count} 項",
        "en": "{names}… ({count})",
    },
    "explore.measures.meanings": {"zh-Hant": "這些數字說什麼", "en": "What these say"},
    "explore.measure.degree.meaning": {
        "zh-Hant": "它有多少條線，沒畫出來的也算。",
        "en": "How many lines it has, those not drawn among them.",
    },
    "explore.measure.betweenness.meaning": {
        "zh-Hant": "其他各項兩兩之間的最短路徑，有多大比例經過它；高的是橋樑。",
        "en": "What share of the shortest paths between all others runs through it: "
        "a high one is a bridge.",
    },
    "explore.measure.pagerank.meaning": {
        "zh-Hant": "順著箭頭隨意走下去，有多常走到它；被有分量的指著，就有分量。",
        "en": "How often a walk along the arrows, at random, comes to it: "
        "what weighty things point to is weighty.",
    },
    "explore.measure.community.meaning": {
        "zh-Hant": "彼此連得比和別處更密的一群；號碼只用來區分。",
        "en": "A group with more lines within than to the rest; its number is only a name.",
    },
    "explore.measure.degree": {"zh-Hant": "連線數", "en": "Links"},
    "explore.measure.betweenness": {"zh-Hant": "中介性", "en": "Betweenness"},
    "explore.measure.pagerank": {"zh-Hant": "PageRank", "en": "PageRank"},
    "explore.measure.community": {"zh-Hant": "社群", "en": "Community"},
    # Taking away
    "explore.take.exactly": {
        "zh-Hant": "正是現在畫出的 {things} 項與 {lines} 條線。",
        "en": "Exactly what is shown now: {things} things and {lines} lines.",
    },
    "explore.take.link": {"zh-Hant": "連結", "en": "Link"},
    "explore.take.link.help": {
        "zh-Hant": "打開連結的人看到同樣的畫面：同樣的項目、位置、篩選與選取。",
        "en": "Whoever opens it sees the same view: the same things, places, filters and selection.",
    },
    "explore.take.copy": {"zh-Hant": "複製", "en": "Copy"},
    "explore.take.copied": {"zh-Hant": "已複製連結。", "en": "The link is copied."},
    "explore.take.copy.hand": {
        "zh-Hant": "請用 Ctrl+C 複製已選取的連結。",
        "en": "The link is selected: copy it with Ctrl+C.",
    },
    "explore.take.short": {"zh-Hant": "縮短", "en": "Shorten"},
    "explore.take.shortened": {
        "zh-Hant": "這是短連結，本站會保留它。",
        "en": "This is a short link, kept by this site.",
    },
    "explore.take.picture": {"zh-Hant": "圖", "en": "Picture"},
    "explore.take.html": {
        "zh-Hant": "HTML（可離線使用，附出處）",
        "en": "HTML that works offline, with its sources",
    },
    "explore.take.saved": {"zh-Hant": "已存成 {name}。", "en": "Saved as {name}."},
    "explore.take.data": {"zh-Hant": "資料", "en": "Data"},
    "explore.take.query": {"zh-Hant": "查詢", "en": "Query"},
    "explore.take.query.open": {
        "zh-Hant": "在查詢頁打開 SPARQL",
        "en": "Open the SPARQL in the query page",
    },
    "explore.take.query.save": {"zh-Hant": "存成檔案", "en": "Save it"},
    "explore.take.query.help": {
        "zh-Hant": "這個查詢得出同樣的資料。",
        "en": "This query yields the same data.",
    },
    "explore.take.failed": {"zh-Hant": "做不到：{reason}", "en": "It failed: {reason}"},
    # The text
    "explore.text.tools": {"zh-Hant": "文章的工具", "en": "Tools for the text"},
    "explore.says_nothing": {
        "zh-Hant": "這些字句沒有陳述引用。",
        "en": "No statement cites these words.",
    },
    "explore.coverage": {"zh-Hant": "標出沒說到的句子", "en": "Show what says nothing"},
    "explore.coverage.count": {
        "zh-Hant": "{all} 句中有 {silent} 句在圖裡沒有說到",
        "en": "{silent} of {all} sentences say nothing in the graph",
    },
    "explore.text.original": {"zh-Hant": "原文", "en": "Original"},
    "explore.original.choose": {
        "zh-Hant": "你有原文？",
        "en": "Have the original?",
    },
    "explore.original.shown": {
        "zh-Hant": "「{name}」正是原文：{length} 字，{spans} 處有陳述引用。它只在這個瀏覽器裡，沒有送出。",
        "en": "“{name}” is the original: {length} characters, {spans} stretches of it cited. It stays in this browser; nothing was sent.",
    },
    "explore.original.other": {
        "zh-Hant": "「{name}」不是這篇文章的原文，SHA-256 不同：",
        "en": "“{name}” is not the original of this article. Its SHA-256 differs:",
    },
    "explore.original.hash.found": {"zh-Hant": "你的檔案", "en": "Your file"},
    "explore.original.hash.wanted": {"zh-Hant": "原文", "en": "The original"},
    "explore.original.large": {
        "zh-Hant": "「{name}」太大，不會是原文。",
        "en": "“{name}” is too large to be the original.",
    },
    "explore.original.insecure": {
        "zh-Hant": "瀏覽器只在 HTTPS 或本機的網頁上計算 SHA-256，這裡無法核對。",
        "en": "Browsers compute SHA-256 only on pages over HTTPS or from this machine, so the file cannot be checked here.",
    },
    # The tour
    "explore.tour": {"zh-Hant": "導覽", "en": "Tour"},
    "explore.tour.again": {"zh-Hant": "再看一次導覽", "en": "Show the tour again"},
    "explore.tour.end": {"zh-Hant": "結束導覽", "en": "End the tour"},
    "explore.tour.back": {"zh-Hant": "上一步", "en": "Back"},
    "explore.tour.next": {"zh-Hant": "下一步", "en": "Next"},
    "explore.tour.done": {"zh-Hant": "開始看", "en": "Begin"},
    "explore.tour.picture": {"zh-Hant": "誰和誰有關", "en": "Who has to do with whom"},
    "explore.tour.picture.words": {
        "zh-Hant": "每個圖形是一個人、公司、產品或事件，每條線是連起兩者的一個事實。點任何一個。",
        "en": "Each shape is a person, a company, a product or an event; each line is a fact that links two of them. Press any.",
    },
    "explore.tour.legend": {"zh-Hant": "圖例也是開關", "en": "The legend switches things"},
    "explore.tour.legend.words": {
        "zh-Hant": "按一個類別，圖中就拿掉它，再按就放回來。數字是有多少項。",
        "en": "Press a kind to take it out of the picture, and again to bring it back. The figures count them.",
    },
    "explore.tour.facts": {"zh-Hant": "誰說的？", "en": "Says who?"},
    "explore.tour.facts.words": {
        "zh-Hant": "這裡列出選取項目的事實。事實後面的號碼是出處，點了就看到原話。",
        "en": "The facts about what you selected stand here. The numbers behind a fact are its sources: press one to read the words.",
    },
    "explore.tour.text": {"zh-Hant": "從文章看圖", "en": "From the text to the picture"},
    "explore.tour.text.words": {
        "zh-Hant": "點劃了點線的字句，或選取一段文字，圖中就亮起它說到的東西。",
        "en": "Press a dotted passage, or select some words, and what they speak of lights up in the picture.",
    },
    "explore.tour.find": {"zh-Hant": "找到再展開", "en": "Find, then follow"},
    "explore.tour.find.words": {
        "zh-Hant": "用中文、拼音或英文搜尋。在圖形上按兩下，可以選擇要展開哪些連線。",
        "en": "Search in Chinese, pinyin or English. Double-press a shape to choose which of its links to follow.",
    },
    "explore.tour.find.touch": {
        "zh-Hant": "用中文、拼音或英文搜尋。選取後按「展開」，可以選擇要展開哪些連線。",
        "en": "Search in Chinese, pinyin or English. Press “Expand” of what you selected to choose which of its links to follow.",
    },
    "explore.tour.panels": {"zh-Hant": "時間、量度、帶走", "en": "Time, measures, take away"},
    "explore.tour.panels.words": {
        "zh-Hant": "看事情的先後，看誰最關鍵；把這個畫面的連結、圖或資料帶走。",
        "en": "See what came when and who matters most; take the link, the picture or the data of this view with you.",
    },
}
