"""Programs that call over JSON-2, each with a key of its own."""


class Json2:
    """Mixed into an HttpCase."""

    @classmethod
    def _keys_of(cls, *users):
        """:return: ``{user: key}``, good for JSON-2"""
        keys = cls.env["res.users.apikeys"]
        return {
            user: keys.with_user(user).sudo()._generate("rpc", "test", None)
            for user in users
        }

    def _json2(self, key, model, method, /, **arguments):
        """:return: the response"""
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=arguments,
            method="POST",
            headers={"Authorization": f"bearer {key}"},
            timeout=60,
        )
