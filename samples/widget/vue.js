import { createApp, h, ref } from "vue";

const Site = {
  setup() {
    const limit = ref("5");
    const options = ["1", "3", "5"].map((count) => h("option", count));
    return () => [
      h("h1", "Ada Nimbus"),
      h("p", "This site is made with Vue."),
      h("label", ["Results ", h("select", { value: limit.value, onChange: (event) => { limit.value = event.target.value; } }, options)]),
      h("portfolio-search", { username: "ada-nimbus", limit: limit.value }),
    ];
  },
};

createApp(Site).mount("#app");
