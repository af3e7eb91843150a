"""What the doctor can say of the config file and of kept reports; the rest stands in ``findings``."""

from __future__ import annotations

from typing import Dict

FINDINGS_OF_THIS_PC_JA: Dict[str, str] = {
    "config_none": "設定ファイルはありません（{path}）。環境変数を使います。",
    "config_used": "設定ファイル {path} を使います（{names}）。",
    "config_unusable": "{ja}。\n→ 直すまでは環境変数だけが使われます。",
    "config_problem": "{ja}。\n→ その項目だけが無視されています。書き直してください。",
    "config_value": "設定ファイルに {name} があります。",
    "config_quoted": "設定ファイルの {name} の値が、さらに引用符で囲まれています。\n→ 値の中の引用符を取ってください。",
    "config_before_variable": "{variable} も設定されていますが、設定ファイルの {name} が使われます。\n"
    "→ 値が違います。どちらかを消してください。",
    "config_open": "シークレットの入った設定ファイル {path} を、この PC の誰もが読めます。\n"
    "→ 管理者とジョブのアカウントだけが読めるようにしてください（chmod o-r）。",
    "ca_file_missing": "設定ファイルの ca_file の指す先がありません: {path}\n→ 正しい場所にするか、ca_file を消してください。",
    "mask_unreadable": "設定ファイルの mask の {pattern} は正規表現として読めません（{error}）。\n→ 書き直してください。",
    "spool_folder": "届かない報告は {folder} に保管します（{rights}）。",
    "spool_elsewhere": "{first} に書き込めないため、届かない報告は {folder} に保管します（{rights}）。\n"
    "→ このジョブを動かすアカウントが {first} に書き込めるようにしてください。",
    "spool_nowhere": "届かない報告を保管できる場所がありません（{folders}）。\n"
    "→ 書き込めるフォルダーを作り、設定ファイルの spool_dir か TC_PORTAL_SPOOL_DIR で指定してください。",
    "spool_kept": "{count} 件の報告を保管しています（いちばん古いものは {since}、最後の失敗: {reason}）: {folder}\n"
    "→ 次の報告のとき、または tc-report flush で送られます。",
    "spool_other_address": "そのうち {count} 件は別のアドレスあてです: {folder}\n"
    "→ ポータルの引っ越しなら、tc-report flush --any-address で今のアドレスに送ってください。",
    "spool_closed": "そのうち {count} 件は、このアカウントでは開けません: {folder}\n"
    "→ 保管したアカウントか管理者で tc-report flush を実行してください。",
    "spool_refused_one": "{since} の {key} の報告は受け付けられませんでした: {reason}",
    "spool_refused": "受け付けられなかった報告が {count} 件あります。送り直しません: {folder}\n"
    "→ 原因を直したら tc-report flush --refused で送り直すか、--forget-refused で消してください。",
    "spool_unreadable": "読めないファイルが {count} 件あります: {folder}\n→ tc-report flush --forget-refused で消せます。",
    "spool_dropped": "保管場所がいっぱいになり、{since} から成功 {successes} 件、失敗 {errors} 件の報告を捨てました。\n"
    "→ 報告が届くようにしてください。件数は tc-report flush --forget-refused で 0 に戻ります。",
    "proxy_configured": "設定ファイルのプロキシを使います: {proxy}",
    "proxy_unusable": "{error}\n→ 設定ファイルの proxy か環境変数を http://ホスト名:ポート の形にしてください。",
}

FINDINGS_OF_THIS_PC_EN: Dict[str, str] = {
    "config_none": "There is no config file ({path}). The variables are used.",
    "config_used": "The config file {path} is used ({names}).",
    "config_unusable": "{en}.\n→ Until it is put right, only the variables are used.",
    "config_problem": "{en}.\n→ Only that is passed over. Write it anew.",
    "config_value": "The config file has {name}.",
    "config_quoted": "The value of {name} in the config file is in further quotation marks.\n→ Take those inside off.",
    "config_before_variable": "{variable} is set as well, but {name} of the config file is used.\n"
    "→ They differ. Remove one of them.",
    "config_open": "Everybody on this PC can read the config file {path}, which holds the secret.\n"
    "→ Let only administrators and the jobs' accounts read it (chmod o-r).",
    "ca_file_missing": "ca_file in the config file points to nothing: {path}\n→ Correct or remove it.",
    "mask_unreadable": "{pattern} of mask in the config file is no regular expression ({error}).\n→ Write it anew.",
    "spool_folder": "Reports that do not arrive are kept in {folder} ({rights}).",
    "spool_elsewhere": "{first} cannot be written to, so reports that do not arrive are kept in {folder} ({rights}).\n"
    "→ Let the account that runs the job write to {first}.",
    "spool_nowhere": "There is no place to keep reports that do not arrive ({folders}).\n"
    "→ Make a folder that can be written to, and name it by spool_dir in the config file or TC_PORTAL_SPOOL_DIR.",
    "spool_kept": "{count} reports are kept (the oldest since {since}, last failure: {reason}): {folder}\n"
    "→ They are sent with the next report, or by tc-report flush.",
    "spool_other_address": "{count} of them are for another address: {folder}\n"
    "→ If the portal has moved, send them to the present one by tc-report flush --any-address.",
    "spool_closed": "{count} of them cannot be opened by this account: {folder}\n"
    "→ Run tc-report flush as the account that kept them, or as administrator.",
    "spool_refused_one": "The report of {key} of {since} was refused: {reason}",
    "spool_refused": "{count} reports were refused and are not sent again: {folder}\n"
    "→ When the cause is put right, send them by tc-report flush --refused, or delete them by --forget-refused.",
    "spool_unreadable": "{count} files cannot be read: {folder}\n→ tc-report flush --forget-refused deletes them.",
    "spool_dropped": "For want of room {successes} successes and {errors} errors were dropped since {since}.\n"
    "→ See that reports arrive. tc-report flush --forget-refused sets the count back to 0.",
    "proxy_configured": "The config file's proxy is used: {proxy}",
    "proxy_unusable": "{error}\n→ Write the config file's proxy, or the variable, as http://HOST:PORT.",
}
