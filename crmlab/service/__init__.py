"""The service desk: how many people keep the promise, who solves at first contact, and what the chatbot may take.

A desk promises to answer within so many seconds. Whether it can is a matter of chance, because calls do not come in
turn: `erlang_c` and `erlang_a` say how long customers wait, `agents_needed` and `Staffing` how many people keep the
promise, and `simulate_queue` shows it call by call. `FirstContact` compares who solves more at first contact, on cases
as hard as each other. `Deflection` counts what a chatbot takes off the desk, what it solves, and what that costs.
"""

from crmlab.service.deflection import Deflection
from crmlab.service.erlang import agents_needed, erlang_a, erlang_c
from crmlab.service.first_contact import FirstContact
from crmlab.service.queues import simulate_queue, sla_share
from crmlab.service.staffing import Staffing

__all__ = [
    "Deflection",
    "FirstContact",
    "Staffing",
    "agents_needed",
    "erlang_a",
    "erlang_c",
    "simulate_queue",
    "sla_share",
]
