"""The company of the sample data: its tools, its jobs, and how each of them fails."""

from dataclasses import dataclass

TOOLS = ("民泊レポート", "売上集計", "在庫連携", "会計・月次", "バックアップ", "Web 収集", "社内通知")


@dataclass(frozen=True)
class StoryJob:
    """A job of the story.

    ``every`` is "weekdays", "daily", "monthly" or a number of minutes; ``at`` is "HH:MM" in local time.
    ``fails`` is the share of its runs that fail; ``failing_for`` says for how many of its last runs it has been
    failing, 0 if it is well.
    """

    key: str
    title: str
    tool: str
    host: str
    every: str | int
    at: str
    seconds: float
    fails: float = 0.004
    failing_for: int = 0
    trouble: str = "timeout"
    done: str = "処理完了（{n} 件）"


def jobs_of_the_story() -> tuple[StoryJob, ...]:
    return (
        StoryJob("minpaku-in-report", "minpaku-IN レポート作成", "民泊レポート", "PC-REPORT-01", "daily", "02:00", 240, 0.02, 3, "login"),
        StoryJob("minpaku-out-report", "minpaku-OUT レポート作成", "民泊レポート", "PC-REPORT-01", "daily", "02:20", 260, 0.02),
        StoryJob("minpaku-cleaning-list", "清掃リスト配信", "民泊レポート", "PC-REPORT-01", "daily", "06:30", 35),
        StoryJob("minpaku-review-collect", "レビュー収集", "民泊レポート", "PC-REPORT-02", "daily", "04:10", 420, 0.03),
        StoryJob("minpaku-price-update", "宿泊料金の更新", "民泊レポート", "PC-REPORT-02", 360, "00:15", 90, 0.01),
        StoryJob("sales-daily", "日次売上集計", "売上集計", "SV-BATCH-01", "daily", "01:30", 610),
        StoryJob("sales-weekly-mail", "店舗別売上メール", "売上集計", "SV-BATCH-01", "weekdays", "07:30", 45),
        StoryJob("sales-pos-import", "POS データ取込", "売上集計", "SV-BATCH-01", 60, "00:05", 70, 0.01),
        StoryJob("sales-ec-orders", "EC 受注データ取込", "売上集計", "SV-BATCH-02", 120, "00:10", 28, 0.02, 2, "database"),
        StoryJob("sales-forecast", "売上予測モデル更新", "売上集計", "SV-BATCH-02", "weekdays", "03:40", 1850),
        StoryJob("sales-card-reconcile", "カード入金消込", "売上集計", "PC-KEIRI-02", "weekdays", "09:15", 130, 0.02),
        StoryJob("stock-sync-warehouse", "倉庫在庫の同期", "在庫連携", "SV-BATCH-01", 180, "00:20", 40, 0.01),
        StoryJob("stock-sync-ec", "EC 在庫の反映", "在庫連携", "SV-BATCH-01", 180, "00:35", 55, 0.08, 0, "timeout"),
        StoryJob("stock-alert", "在庫切れ警告", "在庫連携", "SV-BATCH-01", "daily", "08:00", 12),
        StoryJob("stock-supplier-csv", "仕入先 CSV 取込", "在庫連携", "PC-SOUKO-01", "weekdays", "08:30", 25, 0.04, 1, "cp932"),
        StoryJob("stock-inventory-diff", "棚卸差異レポート", "在庫連携", "PC-SOUKO-01", "monthly", "05:00", 380),
        StoryJob("stock-barcode-master", "JAN コードマスタ更新", "在庫連携", "PC-SOUKO-02", "daily", "04:45", 95),
        StoryJob("acct-journal-export", "仕訳データ出力", "会計・月次", "PC-KEIRI-01", "weekdays", "18:30", 60),
        StoryJob("acct-bank-fetch", "銀行入出金明細の取得", "会計・月次", "PC-KEIRI-01", "weekdays", "08:45", 75, 0.03, 0, "login"),
        StoryJob("acct-month-close", "月次締め処理", "会計・月次", "PC-KEIRI-01", "monthly", "22:00", 2600),
        StoryJob("acct-invoice-pdf", "請求書 PDF 作成", "会計・月次", "PC-KEIRI-02", "monthly", "06:00", 900),
        StoryJob("acct-expense-check", "経費精算チェック", "会計・月次", "PC-KEIRI-02", "weekdays", "19:00", 34),
        StoryJob("acct-tax-rate", "為替レート取得", "会計・月次", "PC-KEIRI-02", "weekdays", "10:05", 6),
        StoryJob("acct-payroll-import", "勤怠データ取込", "会計・月次", "PC-JINJI-01", "daily", "05:30", 88),
        StoryJob("backup-fileserver", "ファイルサーバー バックアップ", "バックアップ", "SV-FILE-01", "daily", "23:30", 5400, 0.02, 2, "disk"),
        StoryJob("backup-database", "基幹 DB バックアップ", "バックアップ", "SV-DB-01", "daily", "00:40", 1500),
        StoryJob("backup-nas-copy", "NAS 二次コピー", "バックアップ", "SV-FILE-01", "daily", "03:00", 3300),
        StoryJob("backup-verify", "バックアップ復元テスト", "バックアップ", "SV-DB-01", "monthly", "12:00", 2100),
        StoryJob("backup-mail-archive", "メール アーカイブ", "バックアップ", "SV-MAIL-01", "daily", "02:50", 700),
        StoryJob("backup-pc-keiri", "経理 PC バックアップ", "バックアップ", "PC-KEIRI-01", "weekdays", "12:15", 410),
        StoryJob("web-competitor-price", "競合価格の収集", "Web 収集", "PC-SCRAPE-01", 720, "00:25", 640, 0.06, 0, "selector"),
        StoryJob("web-rank-check", "検索順位チェック", "Web 収集", "PC-SCRAPE-01", "daily", "05:10", 780, 0.03),
        StoryJob("web-news-clip", "業界ニュース収集", "Web 収集", "PC-SCRAPE-01", "weekdays", "07:00", 110, 0.03),
        StoryJob("web-site-alive", "自社サイト死活確認", "Web 収集", "PC-SCRAPE-02", 60, "00:02", 3, 0.01, 0, "timeout"),
        StoryJob("web-subsidy-watch", "補助金情報ウォッチ", "Web 収集", "PC-SCRAPE-02", "weekdays", "09:00", 66, 0.02, 4, "selector"),
        StoryJob("notice-birthday", "誕生日のお知らせ", "社内通知", "SV-BATCH-02", "weekdays", "08:55", 3),
        StoryJob("notice-schedule", "会議室予定の配信", "社内通知", "SV-BATCH-02", "weekdays", "08:20", 8),
        StoryJob("notice-license", "ライセンス期限の確認", "社内通知", "SV-BATCH-02", "daily", "07:45", 9),
        StoryJob("notice-disk-space", "ディスク空き容量の通知", "社内通知", "SV-FILE-01", "daily", "09:30", 5),
        StoryJob("notice-ad-cleanup", "退職者アカウント整理", "社内通知", "SV-AD-01", "weekdays", "20:00", 21, 0.01),
    )  # fmt: skip


TROUBLES = {
    "timeout": "TimeoutError: [WinError 10060] 接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかったため、接続できませんでした。",
    "login": "LoginError: ログインに失敗しました: パスワードの有効期限が切れています（アカウント: report-bot）",
    "database": 'psycopg.OperationalError: connection to server at "10.0.4.12", port 5432 failed: Connection refused\n'
    "\tIs the server running on that host and accepting TCP/IP connections?",
    "cp932": "UnicodeDecodeError: 'cp932' codec can't decode byte 0x87 in position 1042: illegal multibyte sequence\n"
    "  ファイル: \\\\SV-FILE-01\\仕入\\2026\\仕入先一覧.csv",
    "disk": "OSError: [WinError 112] ディスクに十分な空き領域がありません。: 'E:\\\\backup\\\\fileserver\\\\weekly.vhdx'",
    "selector": "Traceback (most recent call last):\n"
    '  File "C:\\jobs\\web\\collect.py", line 214, in <module>\n    main()\n'
    '  File "C:\\jobs\\web\\collect.py", line 187, in main\n    rows = [parse(card) for card in page.select(".price-card")]\n'
    '  File "C:\\jobs\\web\\collect.py", line 187, in <listcomp>\n    rows = [parse(card) for card in page.select(".price-card")]\n'
    '  File "C:\\jobs\\web\\parsing.py", line 58, in parse\n    price = card.select_one(".price").get_text(strip=True)\n'
    "AttributeError: 'NoneType' object has no attribute 'get_text'",
}
