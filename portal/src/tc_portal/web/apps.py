from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tc_portal.web"
    label = "web"
