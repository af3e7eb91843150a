from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tc_portal.accounts"
    label = "accounts"
