/**
 * Go on as another persona of the demo: a plain form post, so that the server
 * gives this browser a new session and sends it to the right page.
 *
 * @param {string} login
 * @param {string} [target] path of the web client to open then, Start if empty
 */
export function switchPersona(login, target = "") {
    const form = document.createElement("form");
    form.method = "POST";
    form.action = "/saas_demo/switch";
    for (const [name, value] of Object.entries({ login, to: target, csrf_token: odoo.csrf_token })) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        input.value = value;
        form.appendChild(input);
    }
    document.body.appendChild(form);
    form.submit();
}
