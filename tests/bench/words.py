"""Words that made-up news is made of; Chinese is Traditional."""

from __future__ import annotations

MARKET_NAMES = (
    ("支付", "Payment"),
    ("電商", "Electronic commerce"),
    ("社交", "Social networks"),
    ("遊戲", "Games"),
    ("物流", "Logistics"),
    ("晶片", "Semiconductors"),
    ("醫療", "Health"),
    ("出行", "Mobility"),
)
PLACE_NAMES = (
    ("臺北", "Taipei"),
    ("杭州", "Hangzhou"),
    ("深圳", "Shenzhen"),
    ("成都", "Chengdu"),
    ("香港", "Hong Kong"),
    ("新加坡", "Singapore"),
)
PUBLISHER_NAMES = (
    ("商報", "Business Post"),
    ("財經週刊", "Finance Weekly"),
    ("科技評論", "Technology Review"),
    ("晚報", "Evening News"),
)
METRIC_NAMES = (
    ("月活躍用戶", "Monthly active users"),
    ("營收", "Revenue"),
    ("員工", "Employees"),
    ("市值", "Market value"),
    ("門店", "Shops"),
    ("下載量", "Downloads"),
)
FIRST = ("阿里", "騰飛", "華信", "東方", "長河", "星海", "雲山", "金石", "百川", "遠景", "微光")
SECOND = ("明", "芳", "志強", "家豪", "怡君", "建國", "雅婷", "宏偉", "文", "思遠", "海")
TRADES = ("科技", "集團", "控股", "資本", "網路", "物流", "傳媒", "醫藥", "電子", "能源")
GOODS = ("通", "寶", "信", "圈", "雲", "盤", "支付", "地圖", "看點", "健康")
SURNAMES = ("馬", "陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "許")
SYLLABLES = ("al", "ten", "hua", "xin", "ding", "wei", "lai", "mo", "tao", "bao", "jing", "mei")
JOBS = ("Founder", "Chief executive", "Engineer", "Product manager", "Analyst", "Editor")
UNITS = ("NUM", "PERCENT", "YR", "DAY", "HR")
CURRENCIES = ("CNY", "USD", "HKD", "TWD", "SGD")
PRECISIONS = ("Exact", "About", "MoreThan", "AtLeast")
MODALITIES = ("Asserted", "Asserted", "Asserted", "Attributed", "Forecast", "Disputed")
CLAUSES = (
    "在去年第三季完成新一輪融資",
    "公司宣布與多家銀行展開合作",
    "月活躍用戶較前一年成長三成",
    "分析師認為這項業務仍在虧損",
    "團隊從三十人擴大到兩百人",
    "新版本上線後遭到用戶批評",
    "雙方在行動支付上的競爭加劇",
    "該產品於兩年後悄悄下架",
    "創辦人在內部信中要求全員使用",
    "市場占有率首次超過對手",
)
PHRASES = (
    "The company announced a new round of financing with",
    "Monthly active users grew by a third according to",
    "Analysts say that the business still loses money at",
    "A rival launched a similar product before",
    "The founder asked all employees to use it, wrote",
    "The two sides compete in mobile payment, says",
    "The product was withdrawn two years later by",
    "Its share of the market exceeded for the first time that of",
)
