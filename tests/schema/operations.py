"""Operations that ask for every field of every type, and a rule file in which every field of a plan is set."""

import re

from tests.rules.rule_texts import MINIMAL

_SAYINGS = {
    "subject": ("件名", "Subject.", 'template = "電子保証（{kind}）{works_name}"\njoined_by = "・"\n'),
    "body": ("本文", "Body.", 'label = "保証の種類"\nvalue = "{kind}"\njoined_by = " "\n'),
    "cc": ("写し", "Copy.", 'whom = "SURETY"\naddress = "cc@example.lg.jp"\n'),
    "deadline": ("期限", "Deadline.", 'event = "BEFORE_SIGNING"\n'),
    "follow_up": ("電話", "Call.", 'phone = "0852-00-0000"\n'),
    "companion": ("請求書", "Invoice.", 'document = "前払金請求書"\nway = "SEPARATELY"\nneed = "OPTIONAL"\n'),
    "batching": ("一括", "Together.", 'rule = "TOGETHER"\n'),
    "note": ("注意", "Note.", ""),
}
PAYMENT = """[revision.payment]
advance_percent = 40
advance_floor = 1_000_000
advance_rounding = 100_000
advance_cap = 300_000_000
interim_percent = 20
interim_floor = 10_000_000
excludes_partial_payment = true
performance_percent = 10
low_bid_percent = 30
ja = "前払金は請負金額100万円以上"
en = "Advances from a contract price of one million yen."
literal = "原文 前払金"
source = "page#前払金"

"""
TOWN = (
    MINIMAL.replace('name = "試験町"\n', 'name = "試験町"\nname_en = "Test Town"\nprefecture = "試験県"\n', 1)
    .replace("seen_on =", 'url = "https://town.example/"\npublished_on = 2024-01-04\nseen_on =')
    .replace(
        'ja = "電子メールで提出します。"',
        'from = 2024-04-01\nuntil = 2030-03-31\nliteral = "電子メールにより"\nja = "電子メールで提出します。"',
    )
    .replace(
        "[revision.submission]\n",
        PAYMENT + '[revision.paper]\naccepted = true\nsource = "page"\n\n[revision.submission]\n',
    )
    + "".join(
        f'\n[[revision.submission.{key}]]\n{more}ja = "{ja}"\nen = "{en}"\nliteral = "原文 {ja}"\nsource = "page#{key}"\n'
        for key, (ja, en, more) in _SAYINGS.items()
    )
    + """
[[revision.submission.artefact]]
what = "KEY_NOTICE"
need = "REQUIRED"
from = 2024-04-01
until = 2030-03-31
ja = "お知らせ"
en = "The notice."
source = "page"

[[revision.submission.channel]]
when = { contract_medium = "ELECTRONIC" }
way = "CONTRACT_SYSTEM"
ja = "電子契約システム"
en = "The contract system."
recipient = { known = "NOT_STATED", ja = "要確認", en = "Ask.", confirm = true }
source = "page"
"""
)

_FRAGMENTS = {
    "source": "on Source { title publisher url publishedOn seenOn locator }",
    "reason": "on Reason { code ja en refuses unsettled facts sources { ...source } }",
    "saying": "on Saying { ja en literal sources { ...source } }",
    "contact": "on Contact { division address phone }",
    "recipient": "on Recipient { known ja en address phone divisions { ...contact } confirm resolved }",
    "channel": "on Channel { way system keyAs recipient { ...recipient } validFrom validUntil ja en literal dependsOn"
    " sources { ...source } }",
    "artefact": "on ArtefactNeed { artefact need name url asPdf password validFrom validUntil ja en sources { ...source } }",
    "subject": "on SubjectLine { template joinedBy ja en literal sources { ...source } }",
    "body": "on BodyField { label value joinedBy ja en literal sources { ...source } }",
    "copy": "on CopyTo { whom address ja en literal sources { ...source } }",
    "deadline": "on Deadline { event ja en literal sources { ...source } }",
    "followUp": "on FollowUp { phone phones { ...contact } ja en literal sources { ...source } }",
    "companion": "on Companion { document way need ja en literal sources { ...source } }",
    "batching": "on BatchingRule { rule ja en literal sources { ...source } }",
    "plan": "on SubmissionPlan { channels { ...channel } artefacts { ...artefact } subject { ...subject }"
    " body { ...body } cc { ...copy } deadline { ...deadline } followUp { ...followUp } companions { ...companion }"
    " notes { ...saying } batching { ...batching } }",
    "message": "on SubmissionMessage { way channel { way } to cc subject body attachments { artefact number need"
    " password printed ja en } forbidden fields { ja en value secret } checklist { ja en literal sources { ...source } }"
    " unresolved { code field ja en } ready keyInText numbers }",
    "submission": "on Submission { id stands: state way handedTo: address handedInOn preparedAt steps { state at note }"
    " items { number kind keyIsLive } keysChangedSince"
    " message { ...message } }",
    "shortSubmission": "on Submission { id state way address handedInOn steps { state note } }",
    "step": "on ExplanationStep { place aspect standing ja en reasons { code } missing }",
    "explanation": "on Explanation { found: decision { outcome missing } steps { ...step } text textEn }",
    "comparison": "on RulesComparison { left { day digest } right { day digest }"
    " differences { aspect left { ...fact } right { ...fact } ja en } same }",
    "coverage": "on Coverage { aspect known ja en }",
    "replay": "on Replay { same sameBits sameText again { outcome } changes { place line } notReplayed { code } ja en }",
    "decision": "on Decision { outcome obligee revision digest plugin pluginVersion reasons { ...reason } missing paper"
    " plan { ...plan } }",
    "refused": "on Refused { refusals { code message messageEn path sources { ...source } }"
    " decision { outcome missing paper reasons { code } } retryAfterSeconds work { challenge bits } }",
    "fact": "on Fact { code ja en value sources { ...source } }",
    "rules": "on ObligeeRules { day revision facts { ...fact } text digest plugin pluginVersion }",
    "obligee": "on Obligee { id code name nameEn prefecture example }",
    "certificate": "on Certificate { number kind medium version change issuedOn issuedOnWareki principalName obligeeName"
    " guaranteedAmount guaranteeEndsOn guaranteeEndsOnWareki completionOn completionOnWareki worksName contractPrice"
    " coveredPrice depositaryBank title statement termsName notes"
    " surety { name address representative termsUrl } branch { name address tel fax } pdfUrl jws jwsUrl"
    " logProof { record index size path checkpoint proof } replacedBy replacedOn"
    " differences { field label before after } }",
    "calculated": "on Calculation { amount lines { ja en yen } obligeeTerms { ...terms } termsRemark { ja en } }",
    "terms": "on ObligeeTerms { advancePercent advanceFloor advanceRounding advanceCap interimPercent interimFloor"
    " excludesPartialPayment performancePercent lowBidPercent ja en literal isExample sources { ...source } }",
    "change": "on ChangeRequest { id changeState: state consequence ja en mediumOfIt: medium reason requestedAt settledAt"
    " versionOfIt: version changedFields: changed { field value } }",
    "claim": "on Claim { id claimState: state claimedAmount determinedAmount paidAmount paidOn madeBy madeAt settledAt"
    " reason defaultedOn advancePaid interimPaid partialPayments workDone derivation { ja en yen } }",
    "feeStatement": "on FeeStatement { kind amount statedOn tariffName isExample lines { ja en yen } pdfUrl }",
    "life": "on Guarantee { state currentCompletionOn currentEndsOn currentPrice advanceAmount advanceReceivedOn"
    " changes { ...change } versions { version change replacedBy replacedOn } feeStatements { ...feeStatement }"
    " claims { ...claim } timeline(first: 50, skip: 0) { at code ja who note } }",
    "record": "on DecisionRecord { stage decidedAt text facts decision { ...decision } replay { ...replay }"
    " byToday: replay(byTodaysRules: true) { same } }",
    "guarantee": "on Guarantee { id number kind kindShort medium issuedOn changed obligeeName principalName worksName"
    " contractPrice coveredPrice guaranteedAmount concludedAt firstOpenedAt obligee { ...obligee } certificate { ...certificate }"
    " verdict { verdict } keyEvents { event at note who } decisions { ...record } submission { ...plan }"
    " submissions { ...submission } }",
    "application": "on GuaranteeApplication { id kind state feeState feeAmount feeReceivedOn delivery principalName"
    " suretyName consolidatedPayment obligeeName worksName contractPrice coveredPrice guaranteedAmount completionOn"
    " guaranteeEndsOn depositaryBank urgent submittedAt follows"
    " interim { eligible maximum conditions { code state ja en } } feeStatements { ...feeStatement }"
    " obligee { ...obligee } steps { step at note }"
    " decisions { ...record } guarantee { id number } }",
    "summary": "on GuaranteeApplication { id state feeState feeAmount feeReceivedOn delivery kind obligeeName worksName"
    " guaranteedAmount urgent steps { step note } }",
    "short": "on Guarantee { id number kind medium issuedOn obligeeName worksName keyEvents { event note } }",
    "draftFacts": "on DraftFacts { workType workWording division procurement contractMedium change originalMedium"
    " excludedInNotice trial worksNumbers noticeOn nominationOn biddingOn orderOn contractOn initialContractOn"
    " firstGuaranteeOn }",
    "draftContent": "on DraftContent { drafted: obligee surety: suretyId named: obligeeName ofKind: kind delivered: delivery"
    " works: worksName price: contractPrice covered: coveredPrice amount: guaranteedAmount completion: completionOn"
    " ends: guaranteeEndsOn bank: depositaryBank hurry: urgent followed: follows facts { ...draftFacts } }",
    "draft": "on Draft { id title draftState: state principalName createdAt changedAt missing content { ...draftContent }"
    " unresolved { code message messageEn path sources { ...source } } become: application { id state } copiedFrom { id } }",
    "shortDraft": "on Draft { id title state missing unresolved { code path } application { id } }",
    "party": "on Party { name acts relation principal { id name kind } }",
    "branch": "on Branch { id name address tel fax }",
    "surety": "on Surety { id name suretyClass address representative termsUrl newKeyOnChange branches { ...branch } }",
    "page": "on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }",
    "session": "on Session { accessToken expiresAt refreshToken viewer { role partyName } }",
    "entry": "on AuditRecord { index at event role loginId who number record }",
    "finding": "on ComparisonFinding { point agreement code onCertificate inContract rejection ja en }",
    "works": "on WorksComparison { match agreement contractNumber findings { ...finding } }",
    "verdict": "on CertificateVerdict { verdict version code note at }",
    "item": "on InboxItem { guaranteeId way handedInOn handedInAt guaranteeState currentCompletionOn currentEndsOn currentPrice"
    " firstOpenedAt state daysSince certificate { number worksName } verdict { ...verdict } comparison { ...works }"
    ' told: comparison(contractNumber: "6-1") { match } }',
    "contract": "on WorksContract { contractNumber worksName principalName contractPrice contractOn completionOn"
    " advanceAmount performancePercent registeredAt }",
    "webhook": "on Webhook { id url events createdAt disabledAt }",
    "delivery": "on WebhookDelivery { id event index at attempts lastStatus lastError deliveredAt parkedAt }",
    "fundsStatement": "on FundsStatement { id version state note statedAt pdfUrl lines { id line item description quantity"
    " totalCost fromAdvance method planned payee drawn } }",
    "withdrawal": "on Withdrawal { id state amount note reason requestedAt paidOn pdfUrl lines { line item description amount"
    " payee method evidence } }",
    "notice": "on KeyNotice { kind number accessKey worksName obligeeName suretyName text }",
}


def whole(operation: str) -> str:
    """Return `operation` with the fragments that it spreads, and those that they spread."""
    used: dict[str, str] = {}
    waiting = re.findall(r"\.\.\.(\w+)", operation)
    while waiting:
        name = waiting.pop()
        if name not in used and name != "on":
            used[name] = f"fragment {name} {_FRAGMENTS[name]}"
            waiting += re.findall(r"\.\.\.(\w+)", used[name])
    return "\n".join((operation, *used.values()))


def mutation(name: str, input_type: str, answer: str) -> str:
    return whole(f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ __typename {answer} ...refused }} }}")


_APPLICATION = "... on ApplicationPayload { application { ...summary } }"
_DRAFT = "... on DraftPayload { draft { ...shortDraft } }"
_GUARANTEE = "... on GuaranteePayload { guarantee { ...short obligee { id } } }"
_INBOX = "... on InboxPayload { items { ...item } }"
_SUBMISSION = "... on SubmissionPayload { submission { ...shortSubmission } }"
_STATED = "... on FundsPayload { statement { ...fundsStatement } }"
_WITHDRAWAL = "... on WithdrawalPayload { withdrawal { ...withdrawal } }"
_CHANGE = "... on ChangePayload { change { ...change } }"
_CLAIM = "... on ClaimPayload { claim { ...claim } }"
_SECRET = "... on WebhookSecret { secret webhook { ...webhook } }"
MUTATIONS = {
    "requestChange": mutation("requestChange", "RequestChangeInput", _CHANGE),
    "concludeChange": mutation("concludeChange", "ConcludeChangeInput", _CHANGE),
    "declineChange": mutation("declineChange", "EndChangeInput", _CHANGE),
    "withdrawChange": mutation("withdrawChange", "EndChangeInput", _CHANGE),
    "calculateFee": mutation("calculateFee", "CalculateFeeInput", _APPLICATION),
    "setPrincipalClass": mutation("setPrincipalClass", "SetPrincipalClassInput", _APPLICATION),
    "releaseGuarantee": mutation("releaseGuarantee", "ReleaseGuaranteeInput", _GUARANTEE),
    "cancelGuarantee": mutation("cancelGuarantee", "CancelGuaranteeInput", _GUARANTEE),
    "makeClaim": mutation("makeClaim", "MakeClaimInput", _CLAIM),
    "withdrawClaim": mutation("withdrawClaim", "EndClaimInput", _CLAIM),
    "determineClaim": mutation("determineClaim", "DetermineClaimInput", _CLAIM),
    "refuseClaim": mutation("refuseClaim", "EndClaimInput", _CLAIM),
    "recordClaimPaid": mutation("recordClaimPaid", "RecordClaimPaidInput", _CLAIM),
    "registerWebhook": mutation("registerWebhook", "RegisterWebhookInput", _SECRET),
    "rotateWebhookSecret": mutation("rotateWebhookSecret", "WebhookInput", _SECRET),
    "disableWebhook": mutation("disableWebhook", "WebhookInput", "... on WebhookPayload { webhook { ...webhook } }"),
    "redeliverWebhook": mutation(
        "redeliverWebhook", "RedeliverWebhookInput", "... on WebhookDeliveryPayload { delivery { ...delivery } }"
    ),
    "stateFunds": mutation("stateFunds", "StateFundsInput", _STATED),
    "consentFunds": mutation("consentFunds", "ConsentFundsInput", _STATED),
    "returnFunds": mutation("returnFunds", "ReturnFundsInput", _STATED),
    "requestWithdrawal": mutation("requestWithdrawal", "RequestWithdrawalInput", _WITHDRAWAL),
    "cancelWithdrawal": mutation("cancelWithdrawal", "SettleWithdrawalInput", _WITHDRAWAL),
    "returnWithdrawal": mutation("returnWithdrawal", "ReturnWithdrawalInput", _WITHDRAWAL),
    "approveWithdrawal": mutation("approveWithdrawal", "SettleWithdrawalInput", _WITHDRAWAL),
    "recordWithdrawalPaid": mutation("recordWithdrawalPaid", "RecordWithdrawalPaidInput", _WITHDRAWAL),
    "signIn": mutation("signIn", "SignInInput", "...session"),
    "signInWithProvider": mutation("signInWithProvider", "SignInWithProviderInput", "...session"),
    "refreshSession": mutation("refreshSession", "RefreshInput", "...session"),
    "signOut": mutation("signOut", "RefreshInput", "... on SignedOut { ended }"),
    "openInboxItems": mutation("openInboxItems", "OpenInboxItemsInput", _INBOX),
    "acceptCertificate": mutation("acceptCertificate", "AcceptCertificateInput", _INBOX),
    "rejectCertificate": mutation("rejectCertificate", "RejectCertificateInput", _INBOX),
    "registerWorksContracts": mutation(
        "registerWorksContracts",
        "RegisterWorksContractsInput",
        "... on WorksContractsPayload { contracts { ...contract } }",
    ),
    "changePassword": mutation("changePassword", "ChangePasswordInput", "...session"),
    "applyForGuarantee": mutation("applyForGuarantee", "ApplyForGuaranteeInput", _APPLICATION),
    "resubmitApplication": mutation("resubmitApplication", "ResubmitApplicationInput", _APPLICATION),
    "withdrawApplication": mutation("withdrawApplication", "WithdrawApplicationInput", _APPLICATION),
    "saveDraft": mutation("saveDraft", "SaveDraftInput", _DRAFT),
    "submitDraft": mutation("submitDraft", "DraftInput", _APPLICATION),
    "discardDraft": mutation("discardDraft", "DraftInput", _DRAFT),
    "returnApplication": mutation("returnApplication", "JudgeApplicationInput", _APPLICATION),
    "declineApplication": mutation("declineApplication", "JudgeApplicationInput", _APPLICATION),
    "approveApplication": mutation("approveApplication", "ApproveApplicationInput", _APPLICATION),
    "recordFee": mutation("recordFee", "RecordFeeInput", _APPLICATION),
    "concludeGuarantee": mutation("concludeGuarantee", "ConcludeGuaranteeInput", _GUARANTEE),
    "revealAccessKey": mutation(
        "revealAccessKey", "RevealAccessKeyInput", "... on RevealedKey { pdfUrl checkpoint notice { ...notice } }"
    ),
    "recordAdvanceReceived": mutation("recordAdvanceReceived", "RecordAdvanceReceivedInput", _GUARANTEE),
    "rotateAccessKey": mutation("rotateAccessKey", "RotateAccessKeyInput", _GUARANTEE),
    "prepareSubmission": mutation(
        "prepareSubmission",
        "PrepareSubmissionInput",
        "... on PreparedSubmissions { prepared { submission { ...shortSubmission } message { ...message } emlUrl } }",
    ),
    "submitKey": mutation("submitKey", "SubmitKeyInput", _SUBMISSION),
    "confirmArrival": mutation("confirmArrival", "FollowSubmissionInput", _SUBMISSION),
    "recordAcceptance": mutation("recordAcceptance", "FollowSubmissionInput", _SUBMISSION),
    "recordRejection": mutation("recordRejection", "FollowSubmissionInput", _SUBMISSION),
}
FUNDS = whole(
    "query ($number: GuaranteeNumber!, $first: Int! = 10, $skip: Int! = 0) { viewer { guarantee(number: $number) {"
    " advanceAmount advanceReceivedOn funds { advance requested approved paid balance available"
    " statement { ...fundsStatement } statements(first: $first, skip: $skip) { id version state }"
    " withdrawals(first: $first, skip: $skip) { ...withdrawal }"
    " checklist { name isExample items { item evidence } } } } } }"
)
SURETIES = whole("{ sureties { ...surety } }")
ELIGIBILITY = whole(
    "query ($application: EligibilityInput!) { eligibility(application: $application)"
    " { __typename ...decision ...refused } }"
)
OBLIGEE = whole("query ($code: String!, $on: Date) { obligee(code: $code) { ...obligee rules(on: $on) { ...rules } } }")
OBLIGEES = whole(
    "query ($search: String!, $first: Int, $after: String) { obligees(search: $search, first: $first, after: $after) {"
    " totalCount pageInfo { ...page } nodes { ...obligee } edges { cursor node { ...obligee } } } }"
)
GUARANTEES = whole(
    "query ($search: GuaranteeSearchInput, $sort: GuaranteeOrder!, $first: Int, $after: String, $last: Int,"
    " $before: String) { viewer { guarantees(search: $search, sort: $sort, first: $first, after: $after, last: $last,"
    " before: $before) { totalCount firstPosition lastPosition pageInfo { ...page }"
    " nodes { number kindShort issuedOn changed obligeeName worksName contractPrice coveredPrice guaranteedAmount }"
    " edges { cursor node { id number } } } } }"
)
WEBHOOKS = whole(
    "query ($first: Int, $after: String) { viewer { webhooks { ...webhook deliveries(first: $first, after: $after)"
    " { totalCount pageInfo { ...page } nodes { ...delivery } edges { cursor node { id } } } } } }"
)
GUARANTEE = whole("query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) { ...short } } }")
APPLICATIONS = whole(
    "query ($states: [ApplicationState!], $sort: ApplicationOrder!, $first: Int, $after: String, $last: Int,"
    " $before: String) { viewer { applications(states: $states, sort: $sort, first: $first, after: $after, last: $last,"
    " before: $before) { totalCount pageInfo { ...page } nodes { id state worksName } edges { cursor node { id } } } } }"
)
DRAFTS = whole(
    "query ($states: [DraftState!], $first: Int, $after: String, $last: Int, $before: String) { viewer {"
    " drafts(states: $states, first: $first, after: $after, last: $last, before: $before)"
    " { totalCount pageInfo { ...page } nodes { id state title } edges { cursor node { id } } } } }"
)
PARTIES = whole(
    "query ($first: Int, $after: String, $last: Int, $before: String) { viewer {"
    " parties(first: $first, after: $after, last: $last, before: $before)"
    " { totalCount pageInfo { ...page } nodes { ...party } edges { cursor node { name } } } } }"
)
NODE = whole(
    "query ($id: ID!) { node(id: $id) { __typename id ...obligee ...surety ...branch ...application ...guarantee ...submission"
    " ...webhook ...delivery ...draft ...change ...claim ... on Principal { name principalKind: kind }"
    " ... on FundsStatement { version } ... on Withdrawal { paidOn } } }"
)
CERTIFICATE = whole(
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!, $work: WorkInput, $version: Int)"
    " { certificate(number: $number, accessKey: $accessKey, work: $work, version: $version) { __typename ...certificate ...refused } }"
)
VERIFY = whole(
    "query ($input: VerifyCertificateInput!) { verifyCertificate(input: $input) { __typename ... on VerifiedCertificate {"
    " form issuer signer signedAt timestamped selfMade pdfSha256 identical status statusChangedOn statusUrl"
    " certificate { number kind medium version change issuedOn principalName obligeeName guaranteedAmount guaranteeEndsOn"
    " completionOn worksName contractPrice coveredPrice depositaryBank title surety { name address representative termsUrl }"
    " branch { name address tel fax } } } ...refused } }"
)
EXPLAIN = whole(
    "query ($application: EligibilityInput!) { explain(application: $application)"
    " { __typename ...explanation ...refused } }"
)
COMPARE = whole(
    "query ($left: String!, $right: String!, $on: Date) { compareObligees(left: $left, right: $right, on: $on)"
    " { __typename ...comparison ...refused } }"
)
COMPARE_DAYS = whole(
    "query ($obligee: String!, $earlierOn: Date!, $laterOn: Date!)"
    " { compareDays(obligee: $obligee, earlierOn: $earlierOn, laterOn: $laterOn) { __typename ...comparison ...refused } }"
)
COVERAGE = whole("query ($obligee: String!, $on: Date) { coverage(obligee: $obligee, on: $on) { ...coverage } }")
STALE = "query ($days: Int!) { staleRules(days: $days) { obligee source url seenOn age } }"
HALF_TERM = whole(
    "query ($startsOn: Date!, $endsOn: Date!) { halfTerm(startsOn: $startsOn, endsOn: $endsOn)"
    " { __typename ... on HalfTerm { days half fromDay possibleOn rounded } ...refused } }"
)
INTERIM = whole(
    "query ($input: InterimInput!) { interimEligibility(input: $input) { __typename ... on InterimEligibility"
    " { eligible maximum conditions { code state ja en } obligeeTerms { ...terms } termsRemark { ja en } } ...refused } }"
)
MAXIMUM = whole(
    "query ($workType: WorkType!, $contractPrice: Yen!, $coveredPrice: Yen, $obligee: String, $on: Date)"
    " { maximumAdvance(workType: $workType, contractPrice: $contractPrice, coveredPrice: $coveredPrice,"
    " obligee: $obligee, on: $on) { __typename ...calculated ...refused } }"
)
PERFORMANCE = whole(
    "query ($contractPrice: Yen!, $percent: Int, $obligee: String, $on: Date)"
    " { performanceGuarantee(contractPrice: $contractPrice, percent: $percent, obligee: $obligee, on: $on)"
    " { __typename ...calculated ...refused } }"
)
DEFAULT = whole(
    "query ($input: DefaultInput!) { defaultPayment(input: $input) { __typename ...calculated ...refused } }"
)
CONSEQUENCE = whole(
    "query ($guaranteeId: ID!, $change: ChangeInput!) { viewer { changeConsequence(guaranteeId: $guaranteeId, change: $change)"
    " { __typename ... on ChangeConsequence { consequence ja en medium guaranteeEndsOn changed decision { outcome } }"
    " ...refused } } }"
)
ESTIMATE = whole(
    "query ($input: FeeEstimateInput!) { feeEstimate(input: $input) { __typename ... on FeeEstimate"
    " { amount lines { ja en yen } tariffName isExample } ...refused } }"
)
FEE_MONTH = whole(
    "query ($suretyId: ID!, $month: String!) { viewer { feeMonth(suretyId: $suretyId, month: $month) { __typename"
    " ... on FeeMonth { month total pdfUrl statements { ...feeStatement } } ...refused } } }"
)
LIFE = whole("query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) { number ...life } } }")
AUDIT_LOG = """query ($first: Int!, $second: Int!) {
  auditLog { origin size checkpoint verifierKeys consistencyProof(first: $first, second: $second) }
}"""
AUDIT_TRAIL = whole(
    "query ($search: AuditSearchInput, $first: Int, $after: String, $last: Int, $before: String) { viewer {"
    " auditTrail(search: $search, first: $first, after: $after, last: $last, before: $before)"
    " { totalCount pageInfo { ...page } nodes { ...entry } edges { cursor node { index } } } } }"
)
INBOX = whole(
    "query ($search: InboxSearchInput, $sort: InboxOrder, $first: Int, $after: String, $last: Int, $before: String) { viewer {"
    " inbox(search: $search, sort: $sort, first: $first, after: $after, last: $last, before: $before) { totalCount"
    " nodes { ...item } edges { cursor node { guaranteeId } } pageInfo { ...page } } } }"
)
INBOX_ITEM = whole("query ($id: ID!) { viewer { inboxItem(guaranteeId: $id) { ...item } } }")
WORKS_CONTRACTS = whole(
    "query ($first: Int, $after: String, $last: Int, $before: String) { viewer {"
    " worksContracts(first: $first, after: $after, last: $last, before: $before) { totalCount nodes { ...contract }"
    " edges { cursor node { contractNumber } } pageInfo { ...page } } } }"
)
INBOX_EXPORT = (
    "query ($search: InboxSearchInput) { viewer { inboxExport(search: $search) { csvUrl jsonUrl total cut } } }"
)
COMPARE_CERTIFICATE = whole(
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!, $contract: ComparedContractInput!, $work: WorkInput) {"
    " compareCertificate(number: $number, accessKey: $accessKey, contract: $contract, work: $work) {"
    " __typename ...works ...refused } }"
)
