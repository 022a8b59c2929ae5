import { API_FAULTS, ordersOf, WEBHOOK_FAULTS } from "../domain";
import type { Contract, Shop, World } from "../world";
import type { ControlTexts } from "./control-texts";
import { html, type Html } from "./html";

/** Contracts that can be chosen; the API knows them all. */
const CHOICES = 200;

/** How Shopify fails on purpose: one probability for each kind of fault. */
export function faultsCard(world: World, texts: ControlTexts): Html {
  const { faults } = world.settings;
  return html`<details class="card" ${faults ? html`open` : ""}>
    <summary>
      <h2>${texts.faults} <small>${faults ? texts.faultsOn : texts.faultsOff}</small></h2>
    </summary>
    <p>${texts.faultsLead}</p>
    <form class="row" data-call="/faults">
      ${[...API_FAULTS, ...WEBHOOK_FAULTS].map(
        (name) =>
          html`<label
            >${texts[name]}
            <input type="number" min="0" max="1" step="0.01" name="${name}" value="${faults?.[name] ?? 0}" required
          /></label>`,
      )}
      <label
        >${texts.seed} <input type="number" min="0" step="1" name="seed" value="${faults?.seed ?? 1}" required
      /></label>
      <label
        >${texts.operations}
        <input type="text" name="operations" data-list value="${faults?.operations?.join(", ") ?? ""}"
      /></label>
      <button>${texts.save}</button>
      <button type="button" data-post="/faults">${texts.clearFaults}</button>
    </form>
  </details>`;
}

const ACTS = ["charge", "pause", "activate", "cancel", "nativeRetry", "refund", "deleteOrder", "highRisk"] as const;

/** What others do behind the app's back, on one contract. */
export function actsCard(shop: Shop, texts: ControlTexts): Html {
  const contracts = Object.values(shop.contracts).slice(-CHOICES).reverse();
  return html`<details class="card">
    <summary><h2>${texts.acts}</h2></summary>
    ${
      contracts.length === 0
        ? html`<p>${texts.none}</p>`
        : html`<p>${texts.actsLead}</p>
            <form class="row" id="act">
              <label
                >${texts.contract}
                <select name="contract">
                  ${contracts.map((contract) => contractOption(shop, contract))}
                </select></label
              >
              <label
                >${texts.act}
                <select name="act">
                  ${ACTS.map((act) => html`<option value="${act}">${texts[`act_${act}`]}</option>`)}
                </select></label
              >
              <button>${texts.doIt}</button>
            </form>`
    }
    <form class="row" data-call="/shop">
      <label
        >${texts.shopStatus}
        <select name="status">
          ${(["active", "frozen", "locked", "uninstalled"] as const).map(
            (status) =>
              html`<option value="${status}" ${status === shop.status ? html`selected` : ""}>
                ${texts[`shop_${status}`]}
              </option>`,
          )}
        </select></label
      >
      <button>${texts.set}</button>
    </form>
  </details>`;
}

function contractOption(shop: Shop, contract: Contract): Html {
  const customer = shop.customers[contract.customerId];
  const name = `${customer?.firstName ?? ""} ${customer?.lastName ?? ""}`.trim() || contract.customerId;
  return html`<option
    value="${contract.id}"
    data-customer="${contract.customerId}"
    data-origin="${contract.originOrderId}"
    data-latest="${ordersOf(shop, contract.id).at(-1)?.id}"
  >
    ${name}: ${contract.lines.map((line) => `${line.quantity} × ${line.title}`).join(", ")}
  </option>`;
}
