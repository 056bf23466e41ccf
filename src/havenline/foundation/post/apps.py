from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "havenline.foundation.post"
    label = "post"

    def ready(self) -> None:
        """A letter to one of our own people is asked, as it leaves, whether they still are."""
        from havenline.foundation.post import actions, links

        links.register(actions.MESSAGE_WAITS, actions.must_still_work_here)
