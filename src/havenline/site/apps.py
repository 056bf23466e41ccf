from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "havenline.site"
    label = "site"
