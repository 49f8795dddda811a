"""What went wrong, for readers of Chinese; English is what the errors themselves speak.

Keys are the names of errors, whose fields stand in braces, or statuses.
"""

_WORDS = {
    "ResourceNotFound": "這份資料沒有提到 {iri}，請檢查拼法。",
    "InvalidIri": "「{asked}」不是完整的 IRI。請寫全，例如 https://…",
    "UnsupportedFormat": "這裡沒有「{asked}」這種格式。可用的有：{known}。",
    "QueryTimedOut": "查詢超過 {timeout_s} 秒的上限，已經停下。請加上 LIMIT、指定變數，或拆成幾次問。",
    "QueryOutOfMemory": "查詢用的記憶體超過 {limit_mib} MiB 的上限，已經停下。少排序、少分組、少連接，就用得少。",
    "QueryCancelled": "查詢已取消。",
    "ReaderLost": "這個查詢讓回答它的程序結束了。層層疊疊的括號會這樣，請寫得平一些。",
    "AnswerTooLarge": "答案超過 {limit_mib} MiB 的上限。請加上 LIMIT，或從「下載」頁取整份資料。",
    "TooBusy": "現在查詢太多，請 {retry_after_s} 秒後再試。",
    "EngineUnavailable": "後面的查詢引擎沒有回應，請稍後再試。",
    "DamagedStore": "資料的儲存處有損壞，暫時讀不出來。",
    "400": "這個請求有地方寫錯了。",
    "401": "這個動作需要權杖。",
    "403": "這裡不允許這麼做。",
    "404": "網址裡的名字可能打錯了，或這份資料裡沒有它。",
    "406": "沒有你要的格式。",
    "409": "做不到：它和資料現在的樣子不合。",
    "413": "送來的內容太大。",
    "414": "網址太長。",
    "415": "不接受這種格式的內容。",
    "422": "這個查詢需要的比這裡能給的多。",
    "429": "短時間內查詢太多，請過一會兒再試。",
    "500": "這邊出了錯，已經記下。",
    "502": "後面的查詢引擎沒有回應，請稍後再試。",
    "503": "暫時無法回應，請過一會兒再試。",
    "504": "超過了時間上限。請問得少一些，或拆成幾次問。",
}

MESSAGES: dict[str, dict[str, str]] = {
    **{f"problem.{name}": {"zh-Hant": words} for name, words in _WORDS.items()},
    "status.401": {"zh-Hant": "需要權杖", "en": "A token is needed"},
    "status.409": {"zh-Hant": "與現況不合", "en": "Conflict"},
    "status.414": {"zh-Hant": "網址太長", "en": "The address is too long"},
    "status.422": {"zh-Hant": "做不完這個請求", "en": "More than can be done here"},
    "status.429": {"zh-Hant": "請慢一點", "en": "Too many requests"},
    "status.502": {"zh-Hant": "後面的引擎沒有回應", "en": "The engine does not answer"},
    "status.504": {"zh-Hant": "超過時間上限", "en": "It took too long"},
}
