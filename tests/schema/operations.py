"""Operations that ask for every field of every type, and a rule file in which every field of a plan is set."""

import re

from tests.rules.rule_texts import MINIMAL

TOWN = (
    MINIMAL.replace('name = "試験町"', 'name = "試験町"\nname_en = "Test Town"\nprefecture = "試験県"')
    .replace("seen_on =", 'publisher = "試験町"\nurl = "https://town.example/"\npublished_on = 2024-01-04\nseen_on =')
    .replace(
        'ja = "電子メールで提出します。"',
        'from = 2024-04-01\nuntil = 2030-03-31\nliteral = "電子メールにより"\nja = "電子メールで提出します。"',
    )
    .replace("[revision.submission]\n", '[revision.paper]\naccepted = true\nsource = "page"\n\n[revision.submission]\n')
    + "".join(
        f'\n[[revision.submission.{key}]]\nja = "{ja}"\nen = "{en}"\nliteral = "原文 {ja}"\nsource = "page#{key}"\n'
        for key, ja, en in (
            ("subject", "件名", "Subject."),
            ("body", "本文", "Body."),
            ("cc", "写し", "Copy."),
            ("deadline", "期限", "Deadline."),
            ("follow_up", "電話", "Call."),
            ("companion", "請求書", "Invoice."),
            ("note", "注意", "Note."),
        )
    )
    + """
[[revision.submission.artefact]]
what = "KEY_NOTICE"
need = "REQUIRED"
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
    "recipient": "on Recipient { known ja en address confirm resolved }",
    "channel": "on Channel { way recipient { ...recipient } validFrom validUntil ja en literal dependsOn"
    " sources { ...source } }",
    "artefact": "on ArtefactNeed { artefact need ja en sources { ...source } }",
    "plan": "on SubmissionPlan { channels { ...channel } artefacts { ...artefact } subject { ...saying }"
    " body { ...saying } cc { ...saying } deadline { ...saying } followUp { ...saying } companions { ...saying }"
    " notes { ...saying } }",
    "decision": "on Decision { outcome obligee revision digest plugin pluginVersion reasons { ...reason } missing paper"
    " plan { ...plan } }",
    "refused": "on Refused { refusals { code message messageEn path sources { ...source } }"
    " decision { outcome missing paper reasons { code } } }",
    "fact": "on Fact { code ja en value sources { ...source } }",
    "rules": "on ObligeeRules { day revision facts { ...fact } text digest plugin pluginVersion }",
    "obligee": "on Obligee { id code name nameEn prefecture example }",
    "certificate": "on Certificate { number kind medium version change issuedOn issuedOnWareki principalName obligeeName"
    " guaranteedAmount guaranteeEndsOn guaranteeEndsOnWareki completionOn completionOnWareki worksName contractPrice"
    " coveredPrice depositaryBank title statement termsName notes"
    " surety { name address representative termsUrl } branch { name address tel fax } pdfUrl }",
    "record": "on DecisionRecord { stage decidedAt text facts decision { ...decision } }",
    "guarantee": "on Guarantee { id number kind kindShort medium issuedOn changed obligeeName worksName contractPrice"
    " coveredPrice guaranteedAmount concludedAt firstOpenedAt obligee { ...obligee } certificate { ...certificate }"
    " keyEvents { event at note } decisions { ...record } submission { ...plan } }",
    "application": "on GuaranteeApplication { id kind state feeState feeAmount feeReceivedOn delivery principalName"
    " suretyName consolidatedPayment obligeeName worksName contractPrice coveredPrice guaranteedAmount completionOn"
    " guaranteeEndsOn depositaryBank urgent submittedAt obligee { ...obligee } steps { step at note }"
    " decisions { ...record } guarantee { id number } }",
    "summary": "on GuaranteeApplication { id state feeState feeAmount feeReceivedOn delivery kind obligeeName worksName"
    " guaranteedAmount urgent steps { step note } }",
    "short": "on Guarantee { id number kind medium issuedOn obligeeName worksName keyEvents { event note } }",
    "branch": "on Branch { id name address tel fax }",
    "surety": "on Surety { id name suretyClass address representative termsUrl branches { ...branch } }",
    "page": "on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }",
    "session": "on Session { accessToken expiresAt refreshToken viewer { role partyName } }",
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
_GUARANTEE = "... on GuaranteePayload { guarantee { ...short obligee { id } } }"
MUTATIONS = {
    "signIn": mutation("signIn", "SignInInput", "...session"),
    "refreshSession": mutation("refreshSession", "RefreshInput", "...session"),
    "signOut": mutation("signOut", "RefreshInput", "... on SignedOut { ended }"),
    "changePassword": mutation("changePassword", "ChangePasswordInput", "...session"),
    "applyForGuarantee": mutation("applyForGuarantee", "ApplyForGuaranteeInput", _APPLICATION),
    "resubmitApplication": mutation("resubmitApplication", "ResubmitApplicationInput", _APPLICATION),
    "returnApplication": mutation("returnApplication", "JudgeApplicationInput", _APPLICATION),
    "declineApplication": mutation("declineApplication", "JudgeApplicationInput", _APPLICATION),
    "approveApplication": mutation("approveApplication", "ApproveApplicationInput", _APPLICATION),
    "recordFee": mutation("recordFee", "RecordFeeInput", _APPLICATION),
    "concludeGuarantee": mutation("concludeGuarantee", "ConcludeGuaranteeInput", _GUARANTEE),
    "revealAccessKey": mutation(
        "revealAccessKey", "RevealAccessKeyInput", "... on RevealedKey { pdfUrl notice { ...notice } }"
    ),
    "rotateAccessKey": mutation("rotateAccessKey", "RotateAccessKeyInput", _GUARANTEE),
}
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
GUARANTEE = whole("query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) { ...short } } }")
APPLICATIONS = whole(
    "query ($states: [ApplicationState!], $sort: ApplicationOrder!, $first: Int, $after: String, $last: Int,"
    " $before: String) { viewer { applications(states: $states, sort: $sort, first: $first, after: $after, last: $last,"
    " before: $before) { totalCount pageInfo { ...page } nodes { id state worksName } edges { cursor node { id } } } } }"
)
NODE = whole(
    "query ($id: ID!) { node(id: $id) { __typename id ...obligee ...surety ...branch ...application ...guarantee } }"
)
CERTIFICATE = whole(
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!) { certificate(number: $number, accessKey: $accessKey)"
    " { __typename ...certificate ...refused } }"
)
