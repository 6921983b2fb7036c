"""Words of figures and tables in English and Korean, and the formats of money and shares.

Identifiers stay English everywhere; only what a reader sees passes through here. `use` picks the language once, at the
start of a lesson, and `word` looks a term up. Both languages hold the same keys.
"""

from __future__ import annotations

LANGUAGES = ("en", "ko")

WORDS: dict[str, tuple[str, str]] = {
    "active customers": ("active customers", "활동 고객"),
    "actual": ("actual", "실제"),
    "budget": ("budget", "예산"),
    "churned": ("churned", "이탈"),
    "conversion rate": ("conversion rate", "전환율"),
    "converted": ("share converted", "전환 비율"),
    "customers": ("customers", "고객 수"),
    "estimate": ("estimate", "추정값"),
    "farming": ("farming", "농사(유지)"),
    "fitted": ("fitted", "적합값"),
    "forecast": ("forecast", "예측"),
    "hazard": ("churn rate in the period", "기간별 이탈률"),
    "high": ("high", "상한"),
    "hunting": ("hunting", "사냥(획득)"),
    "days since the lead": ("days since the lead", "리드 이후 일수"),
    "low": ("low", "하한"),
    "months since the start": ("months since the start", "시작 이후 개월 수"),
    "no truth": (
        "No truth is known for these data: the estimate stands alone.",
        "이 데이터에는 알려진 참값이 없습니다. 추정값만 제시합니다.",
    ),
    "number of leads": ("number of leads", "리드 수"),
    "observed": ("observed", "관측"),
    "periods since the start": ("periods since the start", "시작 이후 기간 수"),
    "probability alive": ("probability alive", "활동 확률"),
    "purchases": ("purchases", "구매 횟수"),
    "repeat purchases": ("repeat purchases", "재구매 횟수"),
    "share of customers": ("share of customers", "고객 비율"),
    "spend": ("spend", "지출"),
    "stage": ("stage", "단계"),
    "still customers": ("share still customers", "잔존 고객 비율"),
    "truth": ("truth", "참값"),
    "value": ("value", "가치"),
    "What causes what?": ("What causes what?", "무엇이 무엇을 일으키는가?"),
    "answer": ("answer", "응답"),
    "attitude": ("attitude", "태도"),
    "channel": ("channel", "채널"),
    "churn": ("churn", "이탈"),
    "consent": ("consent", "동의"),
    "cost to serve": ("cost to serve", "서비스 비용"),
    "expectation": ("expectation", "기대"),
    "experience": ("experience", "경험"),
    "process": ("process", "프로세스"),
    "referral": ("referral", "추천"),
    "satisfaction": ("satisfaction", "만족"),
    "weeks since the first purchase": ("weeks since the first purchase", "첫 구매 이후 주 수"),
    "Does the model repeat how often customers came back?": (
        "Does the model repeat how often customers came back?",
        "모형이 고객의 재구매 횟수를 재현하는가?",
    ),
    "Does the model foresee the purchases to come?": (
        "Does the model foresee the purchases to come?",
        "모형이 앞으로의 구매를 예측하는가?",
    ),
    "Do those who bought more go on to buy more?": (
        "Do those who bought more go on to buy more?",
        "많이 산 고객이 앞으로도 더 사는가?",
    ),
    "Does the model repeat how much customers spend?": (
        "Does the model repeat how much customers spend?",
        "모형이 고객의 지출 분포를 재현하는가?",
    ),
    "How many contracts survive?": ("How many contracts survive?", "계약은 얼마나 유지되는가?"),
    "cumulative repeat purchases": ("cumulative repeat purchases", "누적 재구매 횟수"),
    "days since the first customer": ("days since the first customer's first purchase", "첫 고객의 첫 구매 이후 일수"),
    "end of the fit": ("end of the fit", "추정에 쓴 기간의 끝"),
    "expected": ("expected by the model", "모형의 기대값"),
    "expected by the model": ("expected by the model", "모형의 기대값"),
    "mean spend of a purchase": ("mean spend of a purchase (currency)", "구매당 평균 지출(통화)"),
    "months since the first customer": (
        "months since the first customer's first purchase",
        "첫 고객의 첫 구매 이후 개월 수",
    ),
    "number of customers": ("number of customers", "고객 수(명)"),
    "purchases a customer in the hold-out": ("purchases a customer in the hold-out", "검증 기간의 고객당 구매 횟수"),
    "repeat purchases so far": ("repeat purchases in the period of the fit", "추정 기간의 재구매 횟수"),
    "units since the first customer": ("time since the first customer's first purchase", "첫 고객의 첫 구매 이후 시간"),
    "weeks since the first customer": (
        "weeks since the first customer's first purchase",
        "첫 고객의 첫 구매 이후 주 수",
    ),
    "How does the rate answer to spend?": (
        "How does the rate answer to spend?",
        "지출을 늘리면 비율은 얼마나 오르는가?",
    ),
    "How much of the budget should go to the customers we have?": (
        "How much of the budget should go to the customers we have?",
        "예산 중 얼마를 기존 고객에게 써야 하는가?",
    ),
    "Which input moves the value most?": (
        "Which input moves the value most?",
        "어떤 입력값이 가치를 가장 크게 바꾸는가?",
    ),
    "best split": ("best split", "최적 배분"),
    "discount_rate": ("discount rate", "할인율"),
    "farming_ceiling": ("farming: ceiling", "농사: 상한"),
    "farming_floor": ("farming: floor", "농사: 하한"),
    "farming_k": ("farming: speed k", "농사: 속도 k"),
    "hunting_ceiling": ("hunting: ceiling", "사냥: 상한"),
    "hunting_floor": ("hunting: floor", "사냥: 하한"),
    "hunting_k": ("hunting: speed k", "사냥: 속도 k"),
    "input at its high end": ("input at its high end", "입력값 상한"),
    "input at its low end": ("input at its low end", "입력값 하한"),
    "margin": ("margin", "마진"),
    "prospects": ("prospects", "잠재 고객 수"),
    "rate": ("rate", "비율"),
    "share for farming": ("share of the budget for farming (%)", "농사(유지)에 쓰는 예산 비율(%)"),
    "share won or kept": ("share won or kept", "획득 또는 유지 비율"),
    "spend a head": ("spend a head (currency)", "1인당 지출(통화)"),
    "this plan": ("this plan", "현재 계획"),
    "value (currency)": ("value (currency)", "가치(통화)"),
}

_current = "en"


def use(language: str) -> None:
    """Make `language` ("en" or "ko") the language of every figure and table from here on.

    Raises
    ------
    ValueError
        If the language is not one of `LANGUAGES`.
    """
    global _current
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; choose one of {', '.join(LANGUAGES)}")
    _current = language


def language() -> str:
    """Return the language in use.

    Examples
    --------
    >>> language()
    'en'
    """
    return _current


def word(key: str) -> str:
    """Return the reader's word for `key`, or `key` itself where it names data (a plan, a channel).

    Examples
    --------
    >>> word("still customers")
    'share still customers'
    """
    return WORDS[key][LANGUAGES.index(_current)] if key in WORDS else key


def money(value: float, currency: str = "KRW") -> str:
    """Write an amount with its currency; won carry no decimals.

    Examples
    --------
    >>> money(1234567.4), money(29.333, "USD")
    ('KRW 1,234,567', 'USD 29.33')
    """
    return f"{currency} {value:,.0f}" if currency in {"KRW", "JPY"} else f"{currency} {value:,.2f}"


def percent(share: float, digits: int = 1) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.1234)
    '12.3 %'
    """
    return f"{100 * share:.{digits}f} %"
