"""The questions that figures ask, in English and in Korean."""

from __future__ import annotations

TITLES: dict[str, tuple[str, str]] = {
    "Are the content customers the profitable ones?": (
        "Are the content customers the profitable ones?",
        "만족한 고객이 수익성 높은 고객인가?",
    ),
    "By which way does the effect come?": ("By which way does the effect come?", "효과는 어떤 경로로 나타나는가?"),
    "Do as many leave as was predicted?": ("Do as many leave as was predicted?", "예측한 만큼 이탈하는가?"),
    "Do later cohorts convert better?": (
        "Do later cohorts convert better?",
        "나중에 들어온 코호트가 더 잘 전환하는가?",
    ),
    "Do later cohorts stay longer?": ("Do later cohorts stay longer?", "나중에 들어온 코호트가 더 오래 남는가?"),
    "Do the covariates foretell who leaves?": (
        "Do the covariates foretell who leaves?",
        "공변량은 누가 이탈할지 알려 주는가?",
    ),
    "Do the departments sort customers alike?": (
        "Do the departments sort customers alike?",
        "부서들은 고객을 똑같이 나누는가?",
    ),
    "Do those who agreed look like all?": ("Do those who agreed look like all?", "동의한 고객은 전체와 비슷한가?"),
    "Do those who bought more go on to buy more?": (
        "Do those who bought more go on to buy more?",
        "많이 산 고객이 앞으로도 더 사는가?",
    ),
    "Does a recommended customer replace itself?": (
        "Does a recommended customer replace itself?",
        "추천으로 온 고객은 자기 자신을 대체하는가?",
    ),
    "Does any month leap?": ("Does any month leap?", "건수가 튀는 달이 있는가?"),
    "Does the firm grow?": ("Does the firm grow?", "회사는 성장하는가?"),
    "Does the hazard ratio last?": ("Does the hazard ratio last?", "위험비는 시간이 지나도 유지되는가?"),
    "Does the model foresee the purchases to come?": (
        "Does the model foresee the purchases to come?",
        "모형이 앞으로의 구매를 예측하는가?",
    ),
    "Does the model repeat how much customers spend?": (
        "Does the model repeat how much customers spend?",
        "모형이 고객의 지출 분포를 재현하는가?",
    ),
    "Does the model repeat how often customers came back?": (
        "Does the model repeat how often customers came back?",
        "모형이 고객의 재구매 횟수를 재현하는가?",
    ),
    "Does the one mend the failure of the other?": (
        "Does the one mend the failure of the other?",
        "하나가 다른 하나의 실패를 만회하는가?",
    ),
    "Does the ranking find those whom the offer changes?": (
        "Does the ranking find those whom the offer changes?",
        "이 순위는 제안에 움직이는 고객을 찾아내는가?",
    ),
    "Does the score keep its promise?": ("Does the score keep its promise?", "점수는 약속을 지키는가?"),
    "Does the treatment work?": ("Does the treatment work?", "처치에 효과가 있는가?"),
    "How does the novelty spread?": ("How does the novelty spread?", "새로운 것은 어떻게 퍼지는가?"),
    "How does the rate answer to spend?": (
        "How does the rate answer to spend?",
        "지출을 늘리면 비율은 얼마나 오르는가?",
    ),
    "How large are the segments?": ("How large are the segments?", "세그먼트는 얼마나 큰가?"),
    "How many classes are there?": ("How many classes are there?", "고객 유형은 몇 가지인가?"),
    "How many contracts survive?": ("How many contracts survive?", "계약은 얼마나 유지되는가?"),
    "How many customers look alike?": ("How many customers look alike?", "서로 구별되지 않는 고객은 몇 명인가?"),
    "How many people keep the promise?": (
        "How many people keep the promise?",
        "약속을 지키려면 상담원이 몇 명 필요한가?",
    ),
    "How many will never convert?": ("How many will never convert?", "끝내 전환하지 않을 잠재 고객은 얼마나 되는가?"),
    "How many wins are among the best leads?": (
        "How many wins are among the best leads?",
        "상위 리드에 수주가 얼마나 모여 있는가?",
    ),
    "How much of the budget should go to the customers we have?": (
        "How much of the budget should go to the customers we have?",
        "예산 중 얼마를 기존 고객에게 써야 하는가?",
    ),
    "Is the next customer worth its cost?": (
        "Is the next customer worth its cost?",
        "다음 고객은 획득 비용만큼의 가치가 있는가?",
    ),
    "May we stop the test?": ("May we stop the test?", "실험을 멈춰도 되는가?"),
    "What causes what?": ("What causes what?", "무엇이 무엇을 일으키는가?"),
    "What does each way of sorting customers cost?": (
        "What does each way of sorting customers cost?",
        "고객을 나누는 방식마다 얼마를 잃는가?",
    ),
    "What does the chatbot take, and what does it solve?": (
        "What does the chatbot take, and what does it solve?",
        "챗봇은 무엇을 맡고 무엇을 해결하는가?",
    ),
    "What does the system cost over the years?": (
        "What does the system cost over the years?",
        "시스템에 여러 해 동안 얼마가 드는가?",
    ),
    "What drives the outcome?": ("What drives the outcome?", "무엇이 결과를 움직이는가?"),
    "What is bought next?": ("What is bought next?", "다음에는 무엇을 사는가?"),
    "What is bought together?": ("What is bought together?", "무엇을 함께 사는가?"),
    "What moves the choice?": ("What moves the choice?", "무엇이 선택을 움직이는가?"),
    "What will the open pipeline bring?": ("What will the open pipeline bring?", "진행 중인 리드는 무엇을 가져올까?"),
    "When has the system paid for itself?": ("When has the system paid for itself?", "시스템은 언제 본전을 뽑는가?"),
    "Where does this plan lead?": ("Where does this plan lead?", "이 계획은 어디로 이어지는가?"),
    "Where should the threshold lie?": ("Where should the threshold lie?", "임곗값은 어디에 두어야 하는가?"),
    "Which channel gets the credit?": ("Which channel gets the credit?", "어느 채널의 공으로 돌릴 것인가?"),
    "Which input moves the value most?": (
        "Which input moves the value most?",
        "어떤 입력값이 가치를 가장 크게 바꾸는가?",
    ),
    "Which option comes first under which weights?": (
        "Which option comes first under which weights?",
        "어떤 가중치에서 어떤 대안이 1위인가?",
    ),
    "Which pairs are one person?": ("Which pairs are one person?", "어느 쌍이 같은 사람인가?"),
    "Which rule earns most?": ("Which rule earns most?", "어떤 규칙이 가장 많이 버는가?"),
    "Which way to split the budget earns most?": (
        "Which way to split the budget earns most?",
        "예산을 어떻게 나눌 때 가장 많이 버는가?",
    ),
    "Who answers the survey?": ("Who answers the survey?", "누가 설문에 응답하는가?"),
    "Who bought recently, and who often?": ("Who bought recently, and who often?", "누가 최근에, 누가 자주 샀는가?"),
    "Who leaves sooner?": ("Who leaves sooner?", "누가 더 빨리 이탈하는가?"),
    "Who solves more at first contact?": ("Who solves more at first contact?", "누가 첫 접촉에서 더 많이 해결하는가?"),
    "Whom does the offer change?": ("Whom does the offer change?", "제안은 누구를 바꾸는가?"),
    "Why do people use it?": ("Why do people use it?", "사람들은 왜 쓰는가?"),
}
