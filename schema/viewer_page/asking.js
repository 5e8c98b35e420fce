// One question to the platform, and the work that it may want to see first.

const MOST_WORK = 3; // rounds of work for one opening

const QUERY = `query Open($number: GuaranteeNumber!, $accessKey: AccessKey!, $work: WorkInput) {
  certificate(number: $number, accessKey: $accessKey, work: $work) {
    __typename
    ... on Certificate {
      number title statement termsName notes principalName obligeeName worksName depositaryBank
      guaranteedAmount contractPrice coveredPrice issuedOn issuedOnWareki
      guaranteeEndsOn guaranteeEndsOnWareki completionOn completionOnWareki pdfUrl
      surety { name address representative termsUrl } branch { name address tel fax }
    }
    ... on Refused { refusals { code message messageEn } retryAfterSeconds work { challenge bits } }
  }
}`;

/**
 * Ask for a certificate: what the platform answers, a Certificate or Refused. When it wants work first, do it and ask
 * again; `onWork` hears how many tries were made. Throws when there is no answer, with the API's error as `told`.
 */
export async function asked(root, typed, signal, onWork) {
  let work = null;
  for (let round = 0; ; round += 1) {
    const answer = await post(root, work ? { ...typed, work } : typed, signal);
    const wanted = answer.work;
    if (!wanted || round === MOST_WORK) return answer;
    onWork(0);
    work = { challenge: wanted.challenge, nonce: await solved(wanted, signal, onWork) };
  }
}

async function post(root, variables, signal) {
  const response = await fetch(`${root}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: QUERY, variables }),
    cache: "no-store",
    signal,
  });
  const { data, errors } = await response.json();
  const answer = data?.certificate;
  if (!answer) throw Object.assign(new Error("no answer"), { told: errors?.[0] });
  return answer;
}

function solved({ challenge, bits }, signal, onWork) {
  const worker = new Worker(new URL("./work.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", reject);
    worker.onerror = reject;
    worker.onmessage = ({ data: { nonce, tried } }) => (nonce === undefined ? onWork(tried) : resolve(nonce));
    worker.postMessage({ challenge, bits });
  }).finally(() => worker.terminate());
}
