"""What the doctor can say, in Japanese and English: on the first line what was found, after → what to do."""

from __future__ import annotations

from typing import Dict

FINDINGS_JA: Dict[str, str] = {
    "variable_set": "{name} は設定されています。",
    "variable_missing": "{name} が設定されていません。\n"
    "→ このジョブを動かすアカウントから見える環境変数に設定してください。",
    "variable_not_here_yet": "{name} は Windows に登録されていますが、この画面にはまだ届いていません。\n"
    "→ 画面を開き直してください。タスクスケジューラのジョブには、PC を再起動すると届きます。",
    "variable_quoted": "{name} の値が引用符で囲まれています。引用符も値の一部になります。\n"
    '→ 引用符を取ってください（.bat では set "{name}=値" と書きます）。',
    "variable_spaced": "{name} の値の前後に空白か改行があります（報告では取り除きます）。\n"
    "→ 設定を書き直してください。.bat の set では、&& の前の空白も値に入ります。",
    "secret_not_ascii": "TC_PORTAL_WEBHOOK_SECRET に英数字と記号以外の文字があります。\n"
    "→ 全角文字や改行が混じっていないか確かめ、貼り直してください。",
    "key_default": "ジョブの識別子が未設定のため default-job になります。"
    "指定のないジョブは、すべてこの 1 件に重なります。\n"
    '→ スクリプトごとに monitor("識別子") や --key で指定してください（指定済みなら問題ありません）。',
    "key_set": "TC_PORTAL_JOB_KEY は {key} です。",
    "key_machine_wide": "TC_PORTAL_JOB_KEY（{key}）は PC 全体の環境変数です。"
    "この PC のスクリプトは、すべてこの 1 件に重なります。\n"
    '→ システム環境変数から消し、スクリプトごとに monitor("識別子") や --key で指定してください。',
    "url_malformed": "TC_PORTAL_MONITOR_URL がアドレスとして読めません。\n"
    "→ https://ホスト名/api/monitor/job-report の形にしてください。",
    "url_credentials": "TC_PORTAL_MONITOR_URL に user:password@ が入っています。このままでは送れません。\n"
    "→ アドレスからその部分を取ってください。",
    "url_path": "TC_PORTAL_MONITOR_URL の末尾が /api/monitor/job-report ではありません（{path}）。\n"
    "→ {suggestion} にしてください。",
    "url_ok": "アドレスの形は正しいです: {url}",
    "url_http": "http:// なので、シークレットが暗号化されずに流れます。\n"
    "→ ポータルが https:// に対応していれば、そちらにしてください。",
    "proxy_none": "プロキシは使いません。",
    "proxy": "プロキシを使います: {proxy}\n"
    "→ 不要なら環境変数 NO_PROXY に {host} を加えてください。"
    "別のアカウントで動くジョブでは、プロキシの設定が違うことがあります。",
    "dns_ok": "{host} の名前が引けました: {address}",
    "dns_failed": "{host} の名前が引けません（{error}）。\n"
    "→ 綴りを確かめてください。正しければ、この PC の DNS やネットワーク接続を調べてください。",
    "tcp_ok": "{host} のポート {port} につながりました。",
    "tcp_refused": "{host} のポート {port} が接続を拒みました。\n"
    "→ ポータルが動いているか、ポート番号が正しいか確かめてください。",
    "tcp_failed": "{host} のポート {port} につながりません（{error}）。\n"
    "→ 途中のファイアウォールや VPN を確かめてください。",
    "tls_ok": "TLS の証明書は正しいです。",
    "tls_issuer": "サーバーの証明書の発行元を、この PC の Python が知りません（{error}）。\n"
    "→ 社内の認証局なら、その証明書（PEM）を Windows の「信頼されたルート証明機関」に入れるか、"
    "環境変数 SSL_CERT_FILE にファイル名を設定してください。",
    "tls_expired": "サーバーの証明書の期限が切れているか、まだ始まっていません（{error}）。\n"
    "→ この PC の日付が正しければ、サーバーの証明書を更新してください。",
    "tls_name": "証明書がこのホスト名のものではありません（{error}）。\n"
    "→ 証明書にある名前でアドレスを書くか、サーバーの証明書を作り直してください。",
    "tls_bad_certificate": "サーバーの証明書を確かめられません（{error}）。\n"
    "→ サーバーの証明書と、環境変数 SSL_CERT_FILE の指す先を確かめてください。",
    "tls_failed": "TLS の接続ができません（{error}）。\n"
    "→ そのポートが https のものか確かめてください（http のポートではありませんか）。",
    "cert_file_missing": "環境変数 {name} の指す場所がありません: {path}\n"
    "→ 正しい場所にするか、この変数を消してください。",
    "proxy_refused": "プロキシが接続を断りました（{error}）。\n"
    "→ 407 ならプロキシの認証が要ります（NTLM には対応していません）。プロキシの管理者に確かめてください。",
    "no_answer": "つながりましたが、答えがありません（{error}）。\n"
    "→ ポータルと、その手前のサーバーの記録（ログ）を見てください。",
    "too_slow": "{seconds} 秒のうちに答えがありません。\n"
    "→ ポータルの負荷と途中の回線を調べてください。待つ時間は TC_PORTAL_TIMEOUT（秒）で変えられます。",
    "redirect": "別のアドレスへ移るように言われました（HTTP {status}）。"
    "シークレットを他へ送らないよう、報告は移動先へは送りません。\n"
    "→ TC_PORTAL_MONITOR_URL を {url} にしてください。",
    "redirect_elsewhere": "別のページ（{url}）へ移るように言われました（HTTP {status}）。報告は移動先へは送りません。\n"
    "→ 手前のログイン画面や認証が /api/monitor/ を遮っています。そこを通すよう設定してください。",
    "secret_ok": "シークレットはポータルと一致しています。",
    "secret_differs": "ポータルがシークレットを受け付けません（HTTP 401）。\n"
    "→ TC_PORTAL_WEBHOOK_SECRET をポータルのものと同じにしてください。"
    "ポータル側を変えたときは、ポータルの再起動（再デプロイ）が要ります。",
    "forbidden": "手前のサーバーかファイアウォールに断られました（HTTP 403）。\n"
    "→ この PC からの /api/monitor/ への POST を通すよう設定してください。",
    "not_found": "そのアドレスに受け口がありません（HTTP 404）。\n"
    "→ ホスト名とパスを確かめてください。ポータルの手前のサーバーが別のものにつないでいるかもしれません。",
    "method_refused": "POST が受け付けられません（HTTP 405）。\n"
    "→ ポータルか手前のサーバーで、/api/monitor/ がログイン（Middleware）に遮られていないか確かめてください。",
    "server_without_secret": "ポータルにシークレットが設定されていません（HTTP 500）。\n"
    "→ ポータル側で TC_PORTAL_WEBHOOK_SECRET を設定し、再起動してください。",
    "server_error": "ポータルの中で失敗しました（HTTP {status}）。\n"
    "→ データベースに接続できるか、マイグレーションが済んでいるか、ポータルの記録（ログ）で確かめてください。",
    "unavailable": "ポータルが今は受け取れません（HTTP {status}）。\n"
    "→ ポータルが起動しているか、データベースが動いているか確かめ、しばらくしてもう一度試してください。",
    "unexpected": "予想しない答えです（HTTP {status}）。\n"
    "→ アドレスの先がポータルか、途中で別のもの（ログイン画面など）が答えていないか確かめてください。",
    "clock_ok": "時計の差は {seconds} 秒です。",
    "clock_ahead": "この PC の時計が、サーバーより {minutes} 分進んでいます。\n"
    "→ 時刻を合わせてください（Windows では管理者の画面で w32tm /resync）。",
    "clock_behind": "この PC の時計が、サーバーより {minutes} 分遅れています。\n"
    "→ 時刻を合わせてください（Windows では管理者の画面で w32tm /resync）。",
    "clock_unknown": "サーバーの時刻が分からないため、時計の差は確かめられませんでした。",
    "japanese_ok": "日本語はそのまま届いています。",
    "japanese_broken": "送った文字が変わって届いています。\n→ 途中の機器が内容を書き換えていないか調べてください。",
    "japanese_unknown": "このポータルには確認用の受け口がないため、日本語が届くかは確かめられませんでした。",
    "all_well": "問題は見つかりませんでした。",
    "not_well": "直すところがあります: {count} 件。上から順に直し、もう一度 tc-report doctor を実行してください。",
}

FINDINGS_EN: Dict[str, str] = {
    "variable_set": "{name} is set.",
    "variable_missing": "{name} is not set.\n"
    "→ Set it as an environment variable that the account running the job can see.",
    "variable_not_here_yet": "{name} is set in Windows, but has not reached this window yet.\n"
    "→ Open a new window. Jobs of the Task Scheduler get it after the PC is restarted.",
    "variable_quoted": "The value of {name} is in quotation marks; they become part of the value.\n"
    '→ Take them off (in a .bat file write: set "{name}=value").',
    "variable_spaced": "The value of {name} begins or ends with blanks or a line end (reports leave them out).\n"
    "→ Set it again. With set in a .bat file, a blank before && becomes part of the value too.",
    "secret_not_ascii": "TC_PORTAL_WEBHOOK_SECRET holds something other than ASCII letters, digits and signs.\n"
    "→ Look for full-width characters or line breaks, and paste it again.",
    "key_default": "No job key is set, so it is default-job. "
    "All jobs that give no key of their own share that one entry.\n"
    '→ Give each script its own with monitor("key") or --key (nothing to do if it has one).',
    "key_set": "TC_PORTAL_JOB_KEY is {key}.",
    "key_machine_wide": "TC_PORTAL_JOB_KEY ({key}) is set for the whole PC: all its scripts share that one entry.\n"
    '→ Remove it from the system variables and give each script its own with monitor("key") or --key.',
    "url_malformed": "TC_PORTAL_MONITOR_URL cannot be read as an address.\n"
    "→ Write it as https://HOST/api/monitor/job-report.",
    "url_credentials": "TC_PORTAL_MONITOR_URL holds user:password@. Nothing can be sent to it like that.\n"
    "→ Take that part off the address.",
    "url_path": "TC_PORTAL_MONITOR_URL does not end in /api/monitor/job-report ({path}).\n→ Set it to {suggestion}",
    "url_ok": "The address is well-formed: {url}",
    "url_http": "With http:// the secret travels unencrypted.\n→ Use https:// if the portal offers it.",
    "proxy_none": "No proxy is used.",
    "proxy": "A proxy is used: {proxy}\n"
    "→ If it should not be, add {host} to the variable NO_PROXY. "
    "Jobs that run under another account may have other proxy settings.",
    "dns_ok": "{host} was found: {address}",
    "dns_failed": "The name {host} cannot be looked up ({error}).\n"
    "→ Check its spelling; if it is right, look into this PC's DNS and network.",
    "tcp_ok": "Connected to {host}, port {port}.",
    "tcp_refused": "{host} refuses connections on port {port}.\n"
    "→ Check that the portal runs and that the port is right.",
    "tcp_failed": "No connection to {host}, port {port} ({error}).\n→ Look into firewalls and VPNs in between.",
    "tls_ok": "The TLS certificate is valid.",
    "tls_issuer": "Python on this PC does not know who issued the server's certificate ({error}).\n"
    "→ For a company CA, add its certificate (PEM) to Windows' trusted root authorities, "
    "or name the file in the variable SSL_CERT_FILE.",
    "tls_expired": "The server's certificate has expired or is not valid yet ({error}).\n"
    "→ If this PC's date is right, renew the server's certificate.",
    "tls_name": "The certificate is not for this host name ({error}).\n"
    "→ Use a name that stands in the certificate, or issue a new one.",
    "tls_bad_certificate": "The server's certificate cannot be verified ({error}).\n"
    "→ Check the server's certificate and what the variable SSL_CERT_FILE points to.",
    "tls_failed": "TLS does not work ({error}).\n→ Check that the port speaks https (and not http).",
    "cert_file_missing": "The variable {name} points to nothing: {path}\n→ Correct or remove it.",
    "proxy_refused": "The proxy refused the connection ({error}).\n"
    "→ 407 means it wants a login (NTLM is not supported). Ask whoever runs the proxy.",
    "no_answer": "Connected, but no answer came ({error}).\n"
    "→ Look into the logs of the portal and of the server in front of it.",
    "too_slow": "No answer within {seconds} seconds.\n"
    "→ Look into the portal's load and the network. TC_PORTAL_TIMEOUT (seconds) sets how long to wait.",
    "redirect": "The server redirects to another address (HTTP {status}). "
    "So that the secret goes nowhere else, reports do not follow.\n"
    "→ Set TC_PORTAL_MONITOR_URL to {url}",
    "redirect_elsewhere": "The server redirects to another page ({url}, HTTP {status}). Reports do not follow.\n"
    "→ A login page or gate in front stands before /api/monitor/. Let that path through.",
    "secret_ok": "The secret is the portal's.",
    "secret_differs": "The portal does not accept the secret (HTTP 401).\n"
    "→ Make TC_PORTAL_WEBHOOK_SECRET the same as the portal's. "
    "After changing it there, restart (redeploy) the portal.",
    "forbidden": "A server or firewall in front refused (HTTP 403).\n→ Let POST to /api/monitor/ from this PC through.",
    "not_found": "Nothing receives reports at that address (HTTP 404).\n"
    "→ Check host and path. The server in front may be connected to something else.",
    "method_refused": "POST is refused (HTTP 405).\n"
    "→ Check that no login (middleware) stands before /api/monitor/ in the portal or in front of it.",
    "server_without_secret": "The portal has no secret configured (HTTP 500).\n"
    "→ Set TC_PORTAL_WEBHOOK_SECRET on the portal and restart it.",
    "server_error": "Something failed inside the portal (HTTP {status}).\n"
    "→ See in the portal's log whether its database can be reached and is migrated.",
    "unavailable": "The portal cannot take reports now (HTTP {status}).\n"
    "→ Check that it and its database run, and try again in a while.",
    "unexpected": "An unexpected answer (HTTP {status}).\n"
    "→ Check that the address is the portal's, and that nothing else (a login page) answers in between.",
    "clock_ok": "The clocks differ by {seconds} seconds.",
    "clock_ahead": "This PC's clock is {minutes} minutes ahead of the server's.\n"
    "→ Set the time (on Windows, as administrator: w32tm /resync).",
    "clock_behind": "This PC's clock is {minutes} minutes behind the server's.\n"
    "→ Set the time (on Windows, as administrator: w32tm /resync).",
    "clock_unknown": "The server does not tell its time, so the clocks could not be compared.",
    "japanese_ok": "Japanese text arrives whole.",
    "japanese_broken": "The text arrives changed.\n→ Look for a device in between that rewrites what passes.",
    "japanese_unknown": "This portal has no endpoint for checking whether Japanese text arrives whole; not checked.",
    "all_well": "No problem found.",
    "not_well": "To put right: {count}. Start from the top, then run tc-report doctor again.",
}
