"""What an alert says: the facts of an ``AlertMessage`` as a letter, in Japanese or English."""

from tc_portal.core.alert_message import AlertMessage, IncidentTold, JobCounted, Occasion
from tc_portal.core.reason_words import reason_in_words
from tc_portal.core.verdict import Verdict
from tc_portal.core.wording import Wording

from .letter import Letter, Part

_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "waiting": ("待機中", "Waiting"),
    "running": ("実行中", "Running"),
    "ok": ("正常", "OK"),
    "error": ("失敗", "Failed"),
    "missed": ("未報告", "Missed"),
    "overdue": ("実行超過", "Overdue"),
    "paused": ("一時停止", "Paused"),
    "unknown": ("不明", "Unknown"),
}
_OCCASIONS: dict[Occasion, tuple[str, str]] = {
    "changed": ("変化", "Changed"),
    "reminder": ("未復旧", "Not recovered"),
    "escalation": ("対応者なし", "Nobody on it"),
    "recovered": ("復旧", "Recovered"),
    "held_back": ("まとめ", "Summary"),
    "too_many": ("まとめ", "Summary"),
    "not_delivered": ("通知が届いていません", "Alerts do not arrive"),
    "digest": ("朝の一覧", "Morning digest"),
    "test": ("テスト", "Test"),
}
_LEADS: dict[Occasion, tuple[str, str]] = {
    "failed": ("障害が発生しました。", "Something has gone wrong."),
    "changed": ("障害の内容が変わりました。", "An incident has changed."),
    "reminder": ("障害が続いています。", "This has not recovered yet."),
    "escalation": ("まだ誰も対応していません。", "Nobody has acknowledged this yet."),
    "recovered": ("復旧しました。", "It has recovered."),
    "held_back": ("静かな時間のあいだに保留した通知のまとめです。", "This is what quiet hours held back, in sum."),
    "too_many": (
        "短い時間に通知が多すぎたため、1 通にまとめました。",
        "There were too many alerts within a minute: this one stands for the others.",
    ),
}


def verdict_in_words(verdict: Verdict, wording: Wording) -> str:
    ja, en = _VERDICTS[verdict]
    return wording.say(ja=ja, en=en)


def letter_of(message: AlertMessage, wording: Wording, public_url: str) -> Letter:
    """The message in words. Links are made of the portal's own address; where ``public_url`` is empty there are none."""
    incidents = message.incidents
    first = f"{public_url}/incidents/{incidents[0].incident_id}" if incidents and public_url else ""
    count = max(message.count, len(incidents))
    link = first if count == 1 else f"{public_url}/incidents" if public_url else ""
    may_acknowledge = first and message.occasion in ("failed", "changed", "reminder", "escalation")
    return Letter(
        subject=subject_of(message, wording),
        lead=_lead(message, wording),
        parts=_parts(message, wording, public_url if count > 1 else ""),
        unnamed=count - len(incidents) if message.digest is None else message.digest.unnamed,
        link=link,
        acknowledge_link=f"{first}?acknowledge" if may_acknowledge else "",
        see=wording.say(ja="ポータルで見る", en="See it in the portal"),
        acknowledge=wording.say(
            ja="対応中にする（ボタンのあるページが開きます）", en="Acknowledge (opens a page with a button)"
        ),
        more=wording.say(ja="ほか {n} 件", en="and {n} more"),
        output_label=wording.say(ja="出力の末尾:", en="End of the output:"),
        cut=wording.say(ja="…（長いため省略しました）", en="… (cut: too long)"),
    )


def subject_of(message: AlertMessage, wording: Wording) -> str:
    """One line: what happened, and to what."""
    occasion = message.occasion
    if occasion == "failed" and message.incidents:
        label = verdict_in_words(_gravest(message.incidents), wording)
    else:
        ja, en = _OCCASIONS.get(occasion, ("障害", "Incident"))
        label = wording.say(ja=ja, en=en)
    about = _subject_matter(message, wording)
    return " ".join(f"[{label}] {about}".split())


def _subject_matter(message: AlertMessage, wording: Wording) -> str:
    if message.occasion == "not_delivered":
        return message.about
    if message.occasion == "test":
        return wording.say(ja="TC Portal からの通知のテスト", en="A test alert from TC Portal")
    if message.digest is not None:
        digest = message.digest
        if not (digest.failed or digest.missed or digest.unknown or digest.still_open):
            return wording.say(ja=f"すべて正常（{digest.ran} 件実行）", en=f"All is well ({digest.ran} runs)")
        return wording.say(
            ja=f"失敗 {digest.failed} 件、未報告 {digest.missed} 件、未復旧 {digest.still_open} 件",
            en=f"{digest.failed} failed, {digest.missed} missed, {digest.still_open} still open",
        )
    count = max(message.count, len(message.incidents))
    title = message.incidents[0].title if message.incidents else ""
    if count <= 1:
        return title
    what = message.cause if message.grouped_by in ("host", "tool") and message.cause else title
    if what == title:
        return wording.say(ja=f"{title} ほか {count - 1} 件", en=f"{title} and {count - 1} more")
    return wording.say(ja=f"{what}（{count} 件）", en=f"{what} ({count} jobs)")


def _gravest(incidents: tuple[IncidentTold, ...]) -> Verdict:
    told = {each.verdict for each in incidents}
    order: tuple[Verdict, ...] = ("error", "overdue", "missed")
    return next((verdict for verdict in order if verdict in told), incidents[0].verdict)


def _lead(message: AlertMessage, wording: Wording) -> tuple[str, ...]:
    if message.occasion == "test":
        return (
            wording.say(
                ja=f"{message.about} さんが、この通知先に届くか試しています。届いていれば設定は完了です。",
                en=f"{message.about} is trying this channel. If you read this, it works.",
            ),
        )
    if message.occasion == "not_delivered":
        return (
            wording.say(
                ja=f"通知先「{message.about}」に通知が届いていません。ポータルの「通知」で理由を確かめてください。",
                en=f"Alerts do not arrive at the channel “{message.about}”. See why on the portal's page of channels.",
            ),
        )
    if message.digest is not None:
        return _digest_lead(message, wording)
    ja, en = _LEADS.get(message.occasion, ("障害のお知らせです。", "About an incident."))
    grouped = _grouping(message, wording)
    return (wording.say(ja=ja, en=en), *([grouped] if grouped else []))


def _grouping(message: AlertMessage, wording: Wording) -> str:
    if max(message.count, len(message.incidents)) < 2:
        return ""
    cause = message.cause
    match message.grouped_by:
        case "dependency":
            return wording.say(
                ja=f"「{cause}」のあとに動くジョブなので、1 件にまとめました（規則: 依存関係）。",
                en=f"They run after “{cause}”, so they are told as one (rule: dependency).",
            )
        case "fingerprint":
            return wording.say(
                ja=f"同じエラーなので、1 件にまとめました（規則: 同じエラー）: {cause}",
                en=f"It is the same error, so they are told as one (rule: same error): {cause}",
            )
        case "host":
            return wording.say(
                ja=f"「{cause}」からの報告が途絶えているので、1 件にまとめました（規則: ホスト）。",
                en=f"Nothing is heard from “{cause}”, so they are told as one (rule: host).",
            )
        case "tool":
            return wording.say(
                ja=f"ツール「{cause}」で同じころに起きたので、1 件にまとめました（規則: ツール）。",
                en=f"They began together in the tool “{cause}”, so they are told as one (rule: tool).",
            )
    return ""


def _digest_lead(message: AlertMessage, wording: Wording) -> tuple[str, ...]:
    digest = message.digest
    assert digest is not None
    between = wording.between(digest.begin, digest.end)
    return (
        wording.say(ja=f"{between} のまとめです。", en=f"What happened {between}."),
        wording.say(
            ja=f"実行 {digest.ran} 件、失敗 {digest.failed} 件、未報告 {digest.missed} 件、不明 {digest.unknown} 件、未復旧 {digest.still_open} 件",
            en=f"{digest.ran} ran, {digest.failed} failed, {digest.missed} missed, {digest.unknown} unknown, {digest.still_open} still open",
        ),
    )


def _parts(message: AlertMessage, wording: Wording, public_url: str) -> tuple[Part, ...]:
    if message.digest is not None:
        return tuple(_counted(each, wording) for each in message.digest.named)
    return tuple(_incident(each, wording, public_url) for each in message.incidents)


def _counted(job: JobCounted, wording: Wording) -> Part:
    label = verdict_in_words(job.verdict, wording)
    since = "" if job.since is None else wording.moment(job.since)
    tail = wording.say(ja=f"（{since} から）", en=f" (since {since})") if since else ""
    return Part(title=f"{job.title}: {label}{tail}")


def _incident(incident: IncidentTold, wording: Wording, public_url: str) -> Part:
    """``public_url`` is empty where the letter's own link leads to the incident."""
    is_over = incident.recovered_at is not None
    label = verdict_in_words("ok" if is_over else incident.verdict, wording)
    lines = [reason_in_words(reason, wording, incident.since) for reason in incident.reasons]
    if incident.gist:
        lines.append(wording.say(ja=f"エラー: {incident.gist}", en=f"Error: {incident.gist}"))
    since = wording.moment(incident.since)
    lines.append(wording.say(ja=f"いつから: {since}", en=f"Since: {since}"))
    if incident.recovered_at is not None:
        lasted = wording.span(incident.recovered_at - incident.since)
        recovered = wording.moment(incident.recovered_at)
        lines.append(wording.say(ja=f"復旧: {recovered}（{lasted}）", en=f"Recovered: {recovered} (after {lasted})"))
    elif incident.last_success is not None:
        success = wording.moment(incident.last_success)
        lines.append(wording.say(ja=f"前回の成功: {success}", en=f"Last success: {success}"))
    else:
        lines.append(wording.say(ja="前回の成功: なし", en="Last success: none"))
    if incident.tool or incident.host:
        tool, host = incident.tool or "–", incident.host or "–"
        lines.append(wording.say(ja=f"ツール: {tool}　ホスト: {host}", en=f"Tool: {tool}, host: {host}"))
    if incident.acknowledged_by:
        lines.append(wording.say(ja=f"対応中: {incident.acknowledged_by}", en=f"On it: {incident.acknowledged_by}"))
    return Part(
        title=wording.say(
            ja=f"【{label}】{incident.title}（{incident.job_key}）",
            en=f"[{label}] {incident.title} ({incident.job_key})",
        ),
        lines=tuple(lines),
        output="" if is_over else incident.output_tail or "",
        link=f"{public_url}/incidents/{incident.incident_id}" if public_url else "",
    )
