"""One function for each GraphQL field or mutation that needs work; the only place where rules and core meet."""
