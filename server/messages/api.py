"""The words of the page about the interface for programs."""

MESSAGES: dict[str, dict[str, str]] = {
    "api.title": {"zh-Hant": "程式介面", "zh-Hans": "程序接口", "en": "Interface for programs"},
    "api.lede": {
        "zh-Hant": "這些頁面向伺服器問什麼，你的程式也可以問。每個回答都註明版次，出錯時說明原因與改法。",
        "zh-Hans": "这些页面向服务器问什么，你的程序也可以问。每个回答都注明版次，出错时说明原因与改法。",
        "en": "Your programs may ask whatever these pages ask. Each answer names its edition; each error says what is amiss and how it is mended.",
    },
    "api.english": {"zh-Hant": "以下說明為英文", "en": "Described in English"},
    "api.contents": {"zh-Hant": "目錄", "en": "Contents"},
    "api.parameters": {"zh-Hant": "參數", "zh-Hans": "参数", "en": "Parameters"},
    "api.parameter": {"zh-Hant": "參數", "zh-Hans": "参数", "en": "Parameter"},
    "api.where": {"zh-Hant": "位置", "en": "Where"},
    "api.in.path": {"zh-Hant": "路徑", "en": "path"},
    "api.in.query": {"zh-Hant": "網址", "en": "address"},
    "api.in.header": {"zh-Hant": "標頭", "zh-Hans": "标头", "en": "header"},
    "api.type": {"zh-Hant": "型別", "zh-Hans": "类型", "en": "Type"},
    "api.meaning": {"zh-Hant": "意義", "en": "Meaning"},
    "api.required": {"zh-Hant": "必填", "en": "required"},
    "api.default": {"zh-Hant": "預設", "zh-Hans": "默认", "en": "default"},
    "api.body": {"zh-Hant": "送出的內容", "en": "Body"},
    "api.errors": {"zh-Hant": "錯誤", "en": "Errors"},
    "api.schema": {"zh-Hant": "結構", "en": "Schema"},
    "api.schemas": {"zh-Hant": "資料結構", "zh-Hans": "数据结构", "en": "Schemas"},
    "api.try": {"zh-Hant": "看一個回答", "en": "See an answer"},
    "api.token": {
        "zh-Hant": "需要權杖：由 shuangma token create 產生，放在 Authorization 標頭。",
        "zh-Hans": "需要令牌：由 shuangma token create 生成，放在 Authorization 标头。",
        "en": "Needs a token, made by shuangma token create, in the Authorization header.",
    },
}
