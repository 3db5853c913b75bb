"""Whose mail it is: the account that owns the domain, if a contact does not say it already."""

from __future__ import annotations

from collections.abc import Iterable

# Domains where everybody gets an address: they say nothing about the company somebody works for.
PUBLIC_DOMAINS = frozenset(
    """
    126.com 139.com 163.com aol.com arcor.de att.net bigpond.com bk.ru bluewin.ch btinternet.com charter.net comcast.net
    cox.net daum.net earthlink.net email.com fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com
    gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it
    hushmail.com icloud.com inbox.ru interia.pl kpnmail.nl laposte.net libero.it list.ru live.co.uk live.com live.de
    live.fr live.nl mac.com mail.com mail.de mail.ru mailbox.org me.com msn.com naver.com o2.pl onet.pl optonline.net
    orange.fr outlook.com outlook.de outlook.es outlook.fr posteo.de proton.me protonmail.ch protonmail.com pm.me qq.com
    rambler.ru rediffmail.com rocketmail.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com skynet.be sky.com
    t-online.de telenet.be tiscali.it tuta.com tutanota.com ukr.net uol.com.br verizon.net virgilio.it vodafone.it
    wanadoo.fr web.de wp.pl xs4all.nl yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de
    yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com ziggo.nl zoho.com
    """.split()
)


def own_domain(email: str | None) -> str | None:
    """:return: the domain of an address if it tells the company, else None"""
    domain = (email or "").rpartition("@")[2].strip().lower().rstrip(".")
    return domain if "." in domain and domain not in PUBLIC_DOMAINS else None


def account_of_domain(
    accounts: Iterable[tuple[int, int | None]], company_id: int
) -> int | None:
    """:param accounts: (account, company or None) of every contact and account with an address of the domain
    :return: the account, if exactly one has the domain among those that ``company_id`` may use
    """
    usable = {account for account, company in accounts if company in (None, company_id)}
    return usable.pop() if len(usable) == 1 else None
