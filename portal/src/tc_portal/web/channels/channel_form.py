"""A channel as a form: nothing that was written is lost, each error is at its field, and no secret is ever shown."""

from dataclasses import dataclass, field

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tc_portal.alerts.channels.kind import Field, Kind, problems_with
from tc_portal.alerts.models import Channel
from tc_portal.alerts.secrets import Unreadable, opened, sealed

LONGEST_NAME = 100
LONGEST_VALUE = 2_000
LONGEST_TEXT = 20_000
ALLOWS = "allows_private_addresses"


@dataclass
class ShownField:
    """A field in the reader's language. ``value`` is empty for a secret; ``is_kept``: there is one already."""

    name: str
    label: str
    hint: str
    value: str
    is_secret: bool
    is_required: bool
    is_long: bool
    is_kept: bool
    may_be_removed: bool
    is_cleared: bool
    choices: list[tuple[str, str]]
    error: str


@dataclass
class ChannelForm:
    """What was written. ``cleared`` holds the secrets that are to be removed."""

    kind: Kind
    name: str = ""
    language: str = "ja"
    allows_private_addresses: bool = False
    values: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    is_unreadable: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    def shown_fields(self) -> list[ShownField]:
        return [self._shown(each) for each in self.kind.fields]

    def _shown(self, each: Field) -> ShownField:
        language = get_language() or "ja"
        is_kept = each.is_secret and bool(self.kept.get(each.name))
        return ShownField(
            name=each.name,
            label=each.label.in_language(language),
            hint=each.hint.in_language(language),
            value="" if each.is_secret else self.values.get(each.name, ""),
            is_secret=each.is_secret,
            is_required=each.is_required and not is_kept,
            is_long=each.is_long,
            is_kept=is_kept,
            may_be_removed=is_kept and not each.is_required,
            is_cleared=each.name in self.cleared,
            choices=[(value, said.in_language(language)) for value, said in each.choices],
            error=self.errors.get(each.name, ""),
        )


def new_form(kind: Kind) -> ChannelForm:
    language = (get_language() or "ja")[:2]
    return ChannelForm(kind, kind.title.in_language(language) if kind.name != "apprise" else "", language)


def kept_form(kind: Kind, channel: Channel) -> ChannelForm:
    """The form that shows a channel."""
    form = ChannelForm(kind, channel.name, channel.language, channel.allows_private_addresses)
    try:
        form.kept = opened(channel.settings)
    except Unreadable:
        form.is_unreadable = True
    form.values = {each.name: form.kept.get(each.name, "") for each in kind.fields if not each.is_secret}
    return form


def sent_form(kind: Kind, sent: QueryDict, channel: Channel | None) -> ChannelForm:
    """The form as it was sent, about a new channel or one that there is."""
    form = ChannelForm(kind) if channel is None else kept_form(kind, channel)
    form.name = sent.get("name", "").strip()[: LONGEST_NAME + 1]
    form.language = sent.get("language", "")[:8]
    form.allows_private_addresses = ALLOWS in sent
    form.values = {each.name: _value(each, sent) for each in kind.fields}
    form.cleared = {each.name for each in kind.fields if each.is_secret and f"clear-{each.name}" in sent}
    return form


def save_form(form: ChannelForm, channel: Channel | None) -> Channel | None:
    """The channel, saved; None where something makes no sense, which the form says then."""
    if not form.name:
        form.errors["name"] = _("Give the channel a name.")
    elif len(form.name) > LONGEST_NAME or "\0" in form.name:
        form.errors["name"] = _("The name is too long; %(n)s characters at most.") % {"n": LONGEST_NAME}
    else:
        others = Channel.objects.filter(name=form.name)
        if (others if channel is None else others.exclude(id=channel.id)).exists():
            form.errors["name"] = _("There is a channel of this name already.")
    if form.language not in dict(settings.LANGUAGES):
        form.errors["language"] = _("Choose a language.")
    wanted = _wanted(form)
    language = get_language() or "ja"
    allowing = {ALLOWS: "1"} if form.allows_private_addresses else {}
    for name, said in problems_with(form.kind, wanted | allowing).items():
        form.errors.setdefault(name, said.in_language(language))
    if form.errors:
        return None
    saved = channel or Channel(kind=form.kind.name)
    saved.name, saved.language = form.name, form.language
    saved.allows_private_addresses = form.allows_private_addresses
    saved.settings = sealed(wanted)
    if channel is None:
        saved.save()
    else:
        # What the senders note at the same time is theirs.
        saved.save(update_fields=["name", "language", "allows_private_addresses", "settings"])
    return saved


def _wanted(form: ChannelForm) -> dict[str, str]:
    """The settings: a secret that was left empty stays, unless it is to be removed or was meant for something else."""
    is_elsewhere = any(form.values.get(name, "") != form.kept.get(name, "") for name in form.kind.secrets_belong_to)
    wanted = {}
    for each in form.kind.fields:
        value = form.values.get(each.name, "")
        kept = form.kept.get(each.name, "")
        if each.is_secret and not value and kept and each.name not in form.cleared:
            if is_elsewhere:
                form.errors[each.name] = _("The server was changed: enter the password again, or remove it.")
            value = kept
        if value:
            wanted[each.name] = value
    return wanted


def _value(each: Field, sent: QueryDict) -> str:
    written = sent.get(each.name, "")
    return written.strip()[: LONGEST_TEXT if each.is_long else LONGEST_VALUE]
