"""Words of figures about segments and about the adoption of systems, in English and Korean."""

from __future__ import annotations

WORDS_OF_SEGMENTS: dict[str, tuple[str, str]] = {
    "adjusted Rand index (0: by chance, 1: always)": (
        "adjusted Rand index (0: by chance, 1: always)",
        "수정 랜드 지수(0: 우연 수준, 1: 완전 일치)",
    ),
    "adopters so far": ("adopters so far", "누적 채택자 수"),
    "BIC above the lowest": ("BIC above the lowest", "최저값 대비 BIC 차이"),
    "chosen": ("chosen", "선택"),
    "cost so far, discounted (millions)": ("cost so far, discounted (millions)", "누적 비용, 할인 후(백만)"),
    "Do the departments sort customers alike?": (
        "Do the departments sort customers alike?",
        "부서들은 고객을 똑같이 나누는가?",
    ),
    "How does the novelty spread?": ("How does the novelty spread?", "새로운 것은 어떻게 퍼지는가?"),
    "How large are the segments?": ("How large are the segments?", "세그먼트는 얼마나 큰가?"),
    "How many classes are there?": ("How many classes are there?", "고객 유형은 몇 가지인가?"),
    "lift (1: no more often than by chance)": (
        "lift (1: no more often than by chance)",
        "향상도(1: 우연 수준)",
    ),
    "loss per customer (currency)": ("loss per customer (currency)", "고객당 손실(통화)"),
    "marketing_segment": ("marketing", "마케팅"),
    "number of classes": ("number of classes", "유형의 수"),
    "periods since the launch": ("periods since the launch", "출시 이후 기간 수"),
    "rank": ("rank", "순위"),
    "sales_segment": ("sales", "영업"),
    "score of frequency (best on top)": ("score of frequency (best on top)", "구매 빈도 점수(위가 가장 좋음)"),
    "score of recency (best on the right)": (
        "score of recency (best on the right)",
        "최근 구매 점수(오른쪽이 가장 좋음)",
    ),
    "service_segment": ("service", "서비스"),
    "share of all weights": ("share of all weights", "전체 가중치 중 비율"),
    "share of the value": ("share of the value", "가치 중 비율"),
    "standard deviations per standard deviation": (
        "standard deviations per standard deviation",
        "표준편차당 표준편차",
    ),
    "to use: log odds": ("to use: log odds", "이용: 로그 오즈"),
    "value so far, discounted (millions)": ("value so far, discounted (millions)", "누적 가치, 할인 후(백만)"),
    "What does each way of sorting customers cost?": (
        "What does each way of sorting customers cost?",
        "고객을 나누는 방식마다 얼마를 잃는가?",
    ),
    "What does the system cost over the years?": (
        "What does the system cost over the years?",
        "시스템에 여러 해 동안 얼마가 드는가?",
    ),
    "What is bought next?": ("What is bought next?", "다음에는 무엇을 사는가?"),
    "What is bought together?": ("What is bought together?", "무엇을 함께 사는가?"),
    "When has the system paid for itself?": (
        "When has the system paid for itself?",
        "시스템은 언제 본전을 뽑는가?",
    ),
    "Which option comes first under which weights?": (
        "Which option comes first under which weights?",
        "어떤 가중치에서 어떤 대안이 1위인가?",
    ),
    "Who bought recently, and who often?": (
        "Who bought recently, and who often?",
        "누가 최근에, 누가 자주 샀는가?",
    ),
    "Why do people use it?": ("Why do people use it?", "사람들은 왜 쓰는가?"),
    "years since the start": ("years since the start", "시작 이후 연수"),
}
