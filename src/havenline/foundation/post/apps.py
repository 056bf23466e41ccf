from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "havenline.foundation.post"
    label = "post"

    def ready(self) -> None:
        """A letter to one of our own people is asked, as it leaves, whether they still are; letters about accounts leave by the post."""
        from havenline.foundation.people import letters
        from havenline.foundation.post import account_letters, actions, links

        links.register(actions.MESSAGE_WAITS, actions.must_still_work_here)
        letters.register(account_letters.send)
        for kind in account_letters.ADDRESSES:
            links.register(kind, account_letters.make_link)
