from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "havenline.foundation.people"
    label = "people"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from havenline.foundation.people.middleware import begins_anew

        user_logged_in.connect(begins_anew, dispatch_uid="people.session")
