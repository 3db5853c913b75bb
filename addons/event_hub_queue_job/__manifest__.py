{
    "name": "Event Hub: Job Queue",
    "summary": "The job queue works off the lanes and the reactions of rules",
    "version": "19.0.1.0.0",
    "category": "Productivity/Operational Visibility",
    "author": "SaaS Operational Visibility",
    "license": "LGPL-3",
    "depends": ["event_hub", "queue_job"],
    "data": ["data/queue_job_channels.xml"],
    "auto_install": True,
    "installable": True,
}
