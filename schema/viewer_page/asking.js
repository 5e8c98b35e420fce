// Questions to the platform, and the work that it may want to see before it answers one.

const MOST_WORK = 3; // rounds of work for one opening

const OPEN_QUERY = `query Open($number: GuaranteeNumber!, $accessKey: AccessKey!, $work: WorkInput) {
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

const VERIFY_QUERY = `query Verify($input: VerifyCertificateInput!) {
  verifyCertificate(input: $input) {
    __typename
    ... on VerifiedCertificate {
      form issuer signer signedAt timestamped selfMade identical status statusChangedOn statusUrl
      certificate {
        title number version issuedOn principalName obligeeName worksName guaranteedAmount guaranteeEndsOn completionOn
        contractPrice coveredPrice depositaryBank surety { name }
      }
    }
    ... on Refused { refusals { code message messageEn } retryAfterSeconds }
  }
}`;

/**
 * Ask for a certificate: what the platform answers, a Certificate or Refused. When it wants work first, do it and ask
 * again; `onWork` hears how many tries were made. Throws when there is no answer, with the API's error as `told`.
 */
export async function asked(root, typed, signal, onWork) {
  let work = null;
  for (let round = 0; ; round += 1) {
    const { certificate: answer } = await post(root, OPEN_QUERY, work ? { ...typed, work } : typed, signal);
    const wanted = answer.work;
    if (!wanted || round === MOST_WORK) return answer;
    onWork(0);
    work = { challenge: wanted.challenge, nonce: await solved(wanted, signal, onWork) };
  }
}

/** Ask what a copy proves: VerifiedCertificate or Refused. Throws as `asked` does. */
export async function verified(root, copy, signal) {
  return (await post(root, VERIFY_QUERY, { input: copy }, signal)).verifyCertificate;
}

async function post(root, query, variables, signal) {
  const response = await fetch(`${root}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
    cache: "no-store",
    signal,
  });
  const { data, errors } = await response.json();
  if (!data || errors) throw Object.assign(new Error("no answer"), { told: errors?.[0] });
  return data;
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
