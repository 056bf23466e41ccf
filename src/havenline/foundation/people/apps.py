from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "havenline.foundation.people"
    label = "people"
