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
    "Which channel gets the credit?": ("Which channel gets the credit?", "어느 채널의 공으로 돌릴 것인가?"),
    "first credit": ("first touch", "첫 접점"),
    "last credit": ("last touch", "마지막 접점"),
    "linear credit": ("linear", "선형"),
    "markov credit": ("Markov", "마르코프"),
    "rule": ("rule", "규칙"),
    "shapley credit": ("Shapley", "섀플리"),
    "share of the customers won": ("share of the customers won", "획득한 고객 중 비율"),
    "Does the treatment work?": ("Does the treatment work?", "처치에 효과가 있는가?"),
    "share of successes": ("share of successes", "성공 비율"),
    "May we stop the test?": ("May we stop the test?", "실험을 멈춰도 되는가?"),
    "band of one planned look": ("95 % band of one planned look", "한 번만 볼 때의 95 % 구간"),
    "always-valid band": ("always-valid 95 % band", "언제 봐도 유효한 95 % 구간"),
    "day of the test": ("day of the test", "실험 일자"),
    "difference between the groups": ("difference between the groups", "두 집단의 차이"),
    "difference so far": ("difference so far", "지금까지의 차이"),
    "What moves the choice?": ("What moves the choice?", "무엇이 선택을 움직이는가?"),
    "change of the log odds of being taken": (
        "change of the log odds of being taken",
        "선택될 로그 오즈의 변화",
    ),
    "What will the open pipeline bring?": ("What will the open pipeline bring?", "진행 중인 리드는 무엇을 가져올까?"),
    "ever": ("ever", "언젠가"),
    "wins of the open leads": ("wins of the open leads", "진행 중인 리드의 수주 건수"),
    "within {days} days": ("within {days} days", "{days}일 이내"),
    "Does the score keep its promise?": ("Does the score keep its promise?", "점수는 약속을 지키는가?"),
    "How many wins are among the best leads?": (
        "How many wins are among the best leads?",
        "상위 리드에 수주가 얼마나 모여 있는가?",
    ),
    "as promised": ("as promised", "약속대로"),
    "at random": ("at random", "무작위"),
    "by score": ("by score", "점수순"),
    "score, out of fold": ("score, out of fold", "점수(교차 검증)"),
    "share of leads called": ("share of leads called", "연락한 리드 비율"),
    "share of wins": ("share of wins", "수주 중 비율"),
    "share won": ("share won", "수주 비율"),
    "value (currency)": ("value (currency)", "가치(통화)"),
    "Are the content customers the profitable ones?": (
        "Are the content customers the profitable ones?",
        "만족한 고객이 수익성 높은 고객인가?",
    ),
    "By which way does the effect come?": ("By which way does the effect come?", "효과는 어떤 경로로 나타나는가?"),
    "Does the one mend the failure of the other?": (
        "Does the one mend the failure of the other?",
        "하나가 다른 하나의 실패를 만회하는가?",
    ),
    "How many people keep the promise?": (
        "How many people keep the promise?",
        "약속을 지키려면 상담원이 몇 명 필요한가?",
    ),
    "What does the chatbot take, and what does it solve?": (
        "What does the chatbot take, and what does it solve?",
        "챗봇은 무엇을 맡고 무엇을 해결하는가?",
    ),
    "What drives the outcome?": ("What drives the outcome?", "무엇이 결과를 움직이는가?"),
    "Who answers the survey?": ("Who answers the survey?", "누가 설문에 응답하는가?"),
    "Who solves more at first contact?": ("Who solves more at first contact?", "누가 첫 접촉에서 더 많이 해결하는가?"),
    "abandoned": ("abandoned", "통화 포기율"),
    "agents": ("agents", "상담원 수"),
    "as counted": ("as counted", "단순 집계"),
    "at equal difficulty": ("at equal difficulty", "같은 난이도 기준"),
    "content, profitable": ("content, profitable", "만족·수익"),
    "content, unprofitable": ("content, unprofitable", "만족·비수익"),
    "csat": ("CSAT", "고객 만족도(CSAT)"),
    "deflected": ("deflected", "상담원 없이 종결"),
    "difference": ("difference", "차이"),
    "direct": ("direct", "직접 효과"),
    "discontent, profitable": ("discontent, profitable", "불만·수익"),
    "discontent, unprofitable": ("discontent, unprofitable", "불만·비수익"),
    "experience (mean score)": ("experience (mean score)", "경험(평균 점수)"),
    "failed unnoticed": ("failed unnoticed", "알아채지 못한 실패"),
    "failures noticed": ("failures noticed", "알아챈 실패"),
    "log odds to answer": ("log odds to answer", "응답 로그 오즈"),
    "margin a customer (currency)": ("margin a customer (currency)", "고객당 마진(통화)"),
    "nps": ("NPS", "순추천지수(NPS)"),
    "occupancy": ("occupancy", "상담원 가동률"),
    "points for a point of": ("points for a point of", "점수 1점당 변화:"),
    "service level": ("service level", "서비스 수준"),
    "share": ("share", "비율"),
    "share of R-squared": ("share of R-squared", "결정계수 중 비율"),
    "share of cases": ("share of cases", "상담 건 비율"),
    "solved": ("solved", "해결"),
    "solved at first contact": ("solved at first contact", "첫 접촉 해결"),
    "solved by the chatbot": ("solved by the chatbot", "챗봇이 해결"),
    "through": ("through", "경유:"),
    "total": ("total", "총효과"),
    "where it failed": ("where it failed", "실패한 경우"),
    "where it worked": ("where it worked", "잘된 경우"),
    "Who leaves sooner?": ("Who leaves sooner?", "누가 더 빨리 이탈하는가?"),
    "Does the hazard ratio last?": ("Does the hazard ratio last?", "위험비는 시간이 지나도 유지되는가?"),
    "Do as many leave as was predicted?": ("Do as many leave as was predicted?", "예측한 만큼 이탈하는가?"),
    "Do the covariates foretell who leaves?": (
        "Do the covariates foretell who leaves?",
        "공변량은 누가 이탈할지 알려 주는가?",
    ),
    "Brier score": ("Brier score", "브라이어 점수"),
    "against": ("against", "기준:"),
    "as predicted": ("as predicted", "예측과 같음"),
    "by month": ("by month", "경과 개월"),
    "hazard ratio": ("hazard ratio", "위험비"),
    "left": ("share who left", "실제 이탈 비율"),
    "logarithmic axis": ("logarithmic axis", "로그 축"),
    "odds ratio": ("odds ratio", "오즈비"),
    "one less": ("one less", "1 적은 값"),
    "one ratio for all times": ("one ratio for all times", "전 기간 단일 위험비"),
    "predicted to leave": ("share predicted to leave", "예측 이탈 비율"),
    "with covariates": ("with covariates", "공변량 사용"),
    "without covariates": ("without covariates", "공변량 없음"),
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
