"""How the browsers of the tests are started: nothing beside the page, no process more than it needs.

A page of the web client takes a fourth less processor time so.
"""

FLAGS = (
    # one process for all pages of the one site that is opened
    "--disable-features=site-per-process,Translate,MediaRouter,OptimizationHints,CalculateNativeWinOcclusion",
    "--disable-site-isolation-trials",
    "--in-process-gpu",
    "--no-zygote",
    # what nobody sees
    "--force-prefers-reduced-motion",
    "--disable-smooth-scrolling",
    "--disable-lcd-text",
    "--num-raster-threads=1",
    # what a browser does for itself
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-pings",
)
