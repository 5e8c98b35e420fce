// Usage: node audit.mjs [URL]. One line per check; exits 1 when a MUST or a SHOULD fails, 2 when no server answers.
import { serverAudits } from "graphql-http";

const url = process.argv[2] ?? "http://127.0.0.1:8000/graphql";
const counts = { ok: 0, notice: 0, warn: 0, error: 0 };

for (const audit of serverAudits({ url })) {
  const result = await audit.fn().catch((fatal) => {
    console.error(`${url}: ${fatal.cause?.code ?? fatal.message}`);
    process.exit(2);
  });
  counts[result.status] += 1;
  console.log([result.status.padEnd(6), audit.id, audit.name, result.reason].filter(Boolean).join("  "));
}

const { ok, notice, warn, error } = counts;
console.log(`${ok} passed; failed: MUST ${error}, SHOULD ${warn}, MAY ${notice}`);
process.exit(warn + error > 0 ? 1 : 0);
