"""Messages of errors as scripts, libraries, databases and Windows word them: each list tells of one error."""

FAMILIES: dict[str, list[str]] = {
    "login-site": [
        "サイトにログインできません（利用者 ID: 10234）",
        "サイトにログインできません（利用者 ID: 99）",
        "2026-03-01 02:00:13 ERROR サイトにログインできません（利用者 ID: 7）",
        "サイトにログインできません（利用者 ＩＤ：５５１）",
    ],
    "no-rows": [
        "取り込んだ行が 0 件でした。入力が不足しています",
        "取り込んだ行が 3 件でした。入力が不足しています",
        "[2026-04-02 07:31:00] エラー: 取り込んだ行が 12 件でした。入力が不足しています",
    ],
    "file-missing-ja": [
        r"入力ファイルが見つかりません: C:\data\in\売上_20260301.csv",
        r"入力ファイルが見つかりません: C:\data\in\売上_20260401.csv",
        r"入力ファイルが見つかりません: \\filesv01\share\2026\sales.csv",
        r"入力ファイルが見つかりません: D:\job\work\a.csv",
    ],
    "file-missing-en": [
        "FileNotFoundError: [Errno 2] No such file or directory: '/data/in/sales_20260301.csv'",
        "FileNotFoundError: [Errno 2] No such file or directory: '/srv/batch/in/sales.csv'",
        "FileNotFoundError: [Errno 2] No such file or directory: '/home/tanaka/x/y.csv'",
    ],
    "permission": [
        "PermissionError: [Errno 13] Permission denied: '/data/out/report.xlsx'",
        "PermissionError: [Errno 13] Permission denied: '/mnt/nas/2026/report_03.xlsx'",
        "2026/03/05 03:00:01 PermissionError: [Errno 13] Permission denied: '/srv/out/a.xlsx'",
    ],
    "http-404": [
        "urllib.error.HTTPError: HTTP Error 404: Not Found",
        "2026-03-01T03:00:00+09:00 urllib.error.HTTPError: HTTP Error 404: Not Found",
        "ERROR: urllib.error.HTTPError: HTTP Error 404: Not Found",
    ],
    "http-500": [
        "urllib.error.HTTPError: HTTP Error 500: Internal Server Error",
        "2026-03-09T03:00:00+09:00 urllib.error.HTTPError: HTTP Error 500: Internal Server Error",
    ],
    "http-status-api": [
        "API の呼び出しに失敗しました status=503 url=https://api.example.co.jp/v1/orders?page=12",
        "API の呼び出しに失敗しました status=503 url=https://api.example.co.jp/v1/orders?page=3&from=2026-03-01",
    ],
    "http-status-api-401": [
        "API の呼び出しに失敗しました status=401 url=https://api.example.co.jp/v1/orders?page=1",
        "API の呼び出しに失敗しました status=401 url=https://api.example.co.jp/v1/orders?page=8",
    ],
    "refused": [
        "ConnectionRefusedError: [Errno 111] Connection refused (192.168.10.5:5432)",
        "ConnectionRefusedError: [Errno 111] Connection refused (10.0.0.17:5432)",
    ],
    "reset": [
        "ConnectionResetError: [WinError 10054] 既存の接続はリモート ホストに強制的に切断されました。",
        "03:00:11 ConnectionResetError: [WinError 10054] 既存の接続はリモート ホストに強制的に切断されました。",
    ],
    "winerror-timeout": [
        "TimeoutError: [WinError 10060] 接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかったため、接続できませんでした。",
        "2026-06-01 10:11:12,123 TimeoutError: [WinError 10060] 接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかったため、接続できませんでした。",
    ],
    "winerror-5": [
        r"PermissionError: [WinError 5] アクセスが拒否されました。: 'C:\\out\\a.tmp' -> 'C:\\out\\a.csv'",
        r"PermissionError: [WinError 5] アクセスが拒否されました。: 'D:\\x\\b.tmp' -> 'D:\\x\\b.csv'",
    ],
    "winerror-32": [
        r"PermissionError: [WinError 32] プロセスはファイルにアクセスできません。別のプロセスが使用中です。: 'C:\\out\\a.xlsx'",
        r"PermissionError: [WinError 32] プロセスはファイルにアクセスできません。別のプロセスが使用中です。: 'E:\\z\\m.xlsx'",
    ],
    "ora-12154": [
        "ORA-12154: TNS: 指定された接続識別子を解決できませんでした",
        "2026-03-01 02:00:00 ORA-12154: TNS: 指定された接続識別子を解決できませんでした",
    ],
    "ora-00001": [
        "ORA-00001: 一意制約 (SALES.PK_ORDER) に反しています",
        "2026-03-02 02:00:00 ORA-00001: 一意制約 (SALES.PK_ORDER) に反しています",
    ],
    "pg-duplicate": [
        'duplicate key value violates unique constraint "orders_pkey" DETAIL: Key (id)=(10023) already exists.',
        'duplicate key value violates unique constraint "orders_pkey" DETAIL: Key (id)=(77) already exists.',
        'ERROR: duplicate key value violates unique constraint "orders_pkey" DETAIL: Key (id)=(4) already exists.',
    ],
    "pg-duplicate-customers": [
        'duplicate key value violates unique constraint "customers_pkey" DETAIL: Key (id)=(10023) already exists.',
        'duplicate key value violates unique constraint "customers_pkey" DETAIL: Key (id)=(5) already exists.',
    ],
    "deadlock": [
        "deadlock detected DETAIL: Process 2213 waits for ShareLock on transaction 99812; blocked by process 2210.",
        "deadlock detected DETAIL: Process 17 waits for ShareLock on transaction 5; blocked by process 19.",
    ],
    "disk-full": [
        "OSError: [Errno 28] No space left on device: '/data/out/x.csv'",
        "OSError: [Errno 28] No space left on device: '/mnt/b/c/y.csv'",
    ],
    "memory": [
        "MemoryError: Unable to allocate 1.25 GiB for an array with shape (4096, 40960) and data type float64",
        "MemoryError: Unable to allocate 300. MiB for an array with shape (128, 307200) and data type float64",
    ],
    "ssl": [
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)",
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:992)",
    ],
    "selenium-timeout": [
        "selenium.common.exceptions.TimeoutException: Message: timeout after 30 seconds (session id 8f3e2c1a9d7b4e6f)",
        "selenium.common.exceptions.TimeoutException: Message: timeout after 45 seconds (session id 1c9a7e5f3d2b8a60)",
    ],
    "selenium-element": [
        'no such element: Unable to locate element: {"method":"css selector","selector":"#login-button"}',
        '2026-03-01 09:00:00 no such element: Unable to locate element: {"method":"css selector","selector":"#login-button"}',
    ],
    "mail": [
        "smtplib.SMTPRecipientsRefused: 宛先 tanaka@example.co.jp に送信できません",
        "smtplib.SMTPRecipientsRefused: 宛先 sato.k@example.com に送信できません",
    ],
    "smtp-auth": [
        "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed')",
        "ERROR smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed')",
    ],
    "order-invalid": [
        "注文 ORD-20260301-000123 の金額が不正です（¥1,234,567）",
        "注文 ORD-20260415-009999 の金額が不正です（¥88）",
        "注文 ORD-20251231-1 の金額が不正です（¥0）",
    ],
    "customer-invalid": ["得意先 C-00123 の住所が不正です", "得意先 C-7 の住所が不正です"],
    "rows-mismatch": ["件数が一致しません: 元 1,024 件、先 1,020 件", "件数が一致しません: 元 88 件、先 0 件"],
    "exit-1": ["終了コード 1", "終了コード: 1", "終了コード　１"],
    "exit-2": ["終了コード 2", "終了コード 2"],
    "exit-violation": ["終了コード 0xC0000005", "終了コード 0xC0000005"],
    "exit-ctrl-c": ["終了コード 0xC000013A"],
    "killed": [
        "制限時間 3600 秒を過ぎたため、強制終了（失敗）しました",
        "制限時間 120 秒を過ぎたため、強制終了（失敗）しました",
    ],
    "uuid": [
        "job 550e8400-e29b-41d4-a716-446655440000 failed to acquire lock",
        "job 7c9e6679-7425-40de-944b-e07fc1f90ae7 failed to acquire lock",
    ],
    "address-object": [
        "failed: <Connection object at 0x7f3a2c1b4d90> is closed",
        "failed: <Connection object at 0x10a2b3c4d> is closed",
    ],
    "excel": [
        r"Excel ファイル C:\reports\2026\03\月次.xlsx を開けません（失敗）",
        r"Excel ファイル C:\reports\2025\12\月次.xlsx を開けません（失敗）",
    ],
    "sheet": ["シート「3月」が見つかりません", "シート「12月」が見つかりません"],
    "sheet-total": ["シート「集計」が見つかりません", "シート「集計」が見つかりません"],
    "token": [
        "The access token has expired. token=eyJhbGciOiJIUzI1NiJ9abc123 invalid",
        "The access token has expired. token=eyJ0eXAiOiJKV1Qi4567zzz99 invalid",
    ],
    "rate": [
        "429 ではありませんがエラー: 1 分あたり 60 回の制限を超えました",
        "429 ではありませんがエラー: 1 分あたり 120 回の制限を超えました",
    ],
    "dns": [
        "socket.gaierror: [Errno -2] Name or service not known",
        "2026-01-01 00:00:00 socket.gaierror: [Errno -2] Name or service not known",
    ],
    "dns-windows": [
        "socket.gaierror: [Errno 11001] getaddrinfo failed",
        "02:00 socket.gaierror: [Errno 11001] getaddrinfo failed",
    ],
    "robocopy": [
        "robocopy: エラー 53 (0x00000035) コピー元ディレクトリにアクセスしています \\\\sv01\\share\\a ネットワーク パスが見つかりません。",
        "robocopy: エラー 53 (0x00000035) コピー元ディレクトリにアクセスしています \\\\sv02\\data\\b ネットワーク パスが見つかりません。",
    ],
    "log-noise": [
        "2026-03-01 02:00:00 INFO start\n2026-03-01 02:00:05 INFO 100 rows\n2026-03-01 02:00:09 ERROR 為替レートの取得に失敗しました (USD, 2026-03-01)",
        "2026-04-01 02:00:00 INFO start\n2026-04-01 02:00:55 INFO 87 rows\n2026-04-01 02:01:09 ERROR 為替レートの取得に失敗しました (USD, 2026-04-01)\n",
        "2026-04-02 02:00:00 INFO start\n2026-04-02 02:01:09 ERROR 為替レートの取得に失敗しました (USD, 2026-04-02)\nINFO bye",
    ],
    "colours": [
        "\x1b[31mERROR\x1b[0m build failed after 3.21s",
        "\x1b[31mERROR\x1b[0m build failed after 12.9s",
        "ERROR build failed after 1.00s",
    ],
    "stock": [
        "在庫数が不足しています: 商品 4901234567894、残り -3",
        "在庫数が不足しています: 商品 4909999999999、残り -12",
    ],
    "price": ["単価が異常です: 商品 4901234567894、単価 99999999", "単価が異常です: 商品 4909999999999、単価 1"],
    "ftp": [
        "ftplib.error_perm: 550 Failed to open file /out/20260301/sales.txt",
        "ftplib.error_perm: 550 Failed to open file /out/20260401/sales.txt",
    ],
    "sftp": [
        "paramiko.ssh_exception.AuthenticationException: Authentication failed.",
        "2026-05-05 paramiko.ssh_exception.AuthenticationException: Authentication failed.",
    ],
    "lock": [
        "別の実行（PID 1234）が続いているため、開始できません",
        "別の実行（PID 98）が続いているため、開始できません",
    ],
    "holiday": ["営業日カレンダーに 2027 年がありません", "営業日カレンダーに 2028 年がありません"],
    "printer": ["プリンター「複合機 3F」に接続できません", "プリンター「複合機 4F」に接続できません"],
    "ps": [
        "Get-Content : パス 'C:\\data\\a.txt' が存在しないため検出できません。",
        "Get-Content : パス 'D:\\b\\c.txt' が存在しないため検出できません。",
    ],
    "no-words": ["done 12/15", "done 3/15"],
    "java": [
        'java.lang.NullPointerException: Cannot invoke "Order.getId()" because "order" is null',
        'SEVERE: java.lang.NullPointerException: Cannot invoke "Order.getId()" because "order" is null',
    ],
    "key-missing": ["KeyError: 'customer_id'", "ERROR KeyError: 'customer_id'"],
    "key-missing-other": ["KeyError: 'amount'", "2026-03-01 KeyError: 'amount'"],
}
