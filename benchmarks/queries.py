"""The three reads that are measured: one certificate, a page of fifty guarantees, a certificate by number and key."""

PAGE = 50

_CERTIFICATE = """{
    number kind medium version change issuedOn principalName obligeeName guaranteedAmount guaranteeEndsOn
    completionOn worksName contractPrice coveredPrice depositaryBank
    surety { name address representative } branch { name tel }
  }"""

# 15 fields and 5 nested ones.
ONE = f"""query One($number: GuaranteeNumber!) {{
  viewer {{ guarantee(number: $number) {{ certificate {_CERTIFICATE} }} }}
}}"""

# 12 fields and 2 nested ones for each of fifty rows, and where the page stands.
LIST = """query List($first: Int!) {
  viewer { guarantees(first: $first) {
    nodes {
      id number kind medium issuedOn changed obligeeName worksName contractPrice guaranteedAmount concludedAt firstOpenedAt
      certificate { guaranteeEndsOn completionOn }
    }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}"""

# What `ONE` shows, to whoever holds number and key; that it was opened is written down.
OPEN = f"""query Open($number: GuaranteeNumber!, $key: AccessKey!) {{
  certificate(number: $number, accessKey: $key) {{ ... on Certificate {_CERTIFICATE} }}
}}"""
