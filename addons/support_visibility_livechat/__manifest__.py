{
    "name": "Support Visibility: Live Chat",
    "summary": "A conversation in Discuss or Live Chat becomes a ticket",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["support_visibility", "im_livechat"],
    "data": [
        "views/chatbot_script_step_views.xml",
        "views/support_visibility_ticket_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["support_visibility_livechat/static/src/**/*"],
    },
    "auto_install": True,
    "installable": True,
}
