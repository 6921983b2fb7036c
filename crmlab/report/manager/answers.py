"""What the manager's page says: its heads and its answers, in English and Korean."""

from __future__ import annotations

ANSWERS: dict[str, tuple[str, str]] = {
    "title funnel": (
        "How many leads become customers?",
        "리드 중 몇 명이 고객이 되는가?",
    ),
    "title churn": (
        "How many customers stay?",
        "고객은 얼마나 남는가?",
    ),
    "title value": (
        "What is a customer worth?",
        "고객의 가치는 얼마인가?",
    ),
    "title hunting-farming": (
        "Win new customers, or keep the old ones?",
        "새 고객을 얻을까, 기존 고객을 지킬까?",
    ),
    "stage lead": ("lead", "리드"),
    "stage qualified": ("qualified", "검증"),
    "stage proposal": ("proposal", "제안"),
    "stage won": ("won", "성사"),
    "leads axis": ("number of leads", "리드 수"),
    "page": (
        "For the manager",
        "경영자를 위한 한 장",
    ),
    "intervals": (
        "Each number stands with its 95 % interval: the range that the data leave open.",
        "모든 수치에는 95 % 구간을 함께 적었습니다. 데이터로는 그 범위 안까지만 알 수 있습니다.",
    ),
    "carries": (
        "What the data can carry",
        "데이터로 말할 수 있는 범위",
    ),
    "warnings": (
        "Warnings",
        "경고",
    ),
    "no warnings": (
        "Nothing odd was seen in counts and dates.",
        "건수와 날짜에서 이상한 점은 보이지 않았습니다.",
    ),
    "doubts": (
        "What not to believe",
        "믿지 말아야 할 것",
    ),
    "measure": (
        "measure",
        "항목",
    ),
    "number": (
        "number",
        "수",
    ),
    "hidden": (
        "Counts under {below} are hidden, and no single customer is shown.",
        "{below} 미만의 건수는 가렸으며, 개별 고객은 보이지 않습니다.",
    ),
    "tables": (
        "The numbers, for a spreadsheet: the folder tables.",
        "스프레드시트용 수치는 tables 폴더에 있습니다.",
    ),
    "unlock": (
        "{can} of {all} lessons can run on these tables. More tables would unlock the others: {what}.",
        "이 데이터로는 레슨 {all}개 중 {can}개를 실행할 수 있습니다. 나머지에 필요한 것: {what}.",
    ),
    "all unlocked": (
        "All {all} lessons can run on these tables.",
        "이 데이터로 레슨 {all}개를 모두 실행할 수 있습니다.",
    ),
    "funnel": (
        "Of {leads} leads, {share} became customers ({low} to {high}).",
        "리드 {leads}건 중 {share}가 고객이 되었습니다(95 % 구간 {low} ~ {high}).",
    ),
    "leak": (
        "Most are lost between {before} and {after}: {share} of those who came so far.",
        "가장 많이 빠지는 단계는 {before} → {after}입니다: 그 단계까지 온 리드의 {share}.",
    ),
    "ripe": (
        "Counted are leads of at least {days} days, within which nearly all wins come; {young} younger ones are "
        "left out.",
        "성사에 걸리는 기간을 고려해 {days}일 이상 지난 리드만 셌습니다. 그보다 최근인 {young}건은 제외했습니다.",
    ),
    "churn": (
        "Of new customers, {estimate} are still there after {months} months ({low} to {high}).",
        "신규 고객 중 {months}개월 뒤에도 남아 있는 비율은 {estimate}입니다(95 % 구간 {low} ~ {high}).",
    ),
    "half left": (
        "Half have left after {months} months.",
        "{months}개월이면 절반이 떠납니다.",
    ),
    "half stay": (
        "More than half are still there after {months} months, the longest time seen.",
        "관찰한 가장 긴 기간인 {months}개월 뒤에도 절반 넘게 남아 있습니다.",
    ),
    "first months": (
        "{share} leave already by the end of month {months}.",
        "{share}는 {months}개월째까지 이미 떠납니다.",
    ),
    "still buying": (
        "{estimate} of those who came back once still buy, by the model ({low} to {high}).",
        "모형에 따르면 한 번이라도 다시 구매한 고객 중 {estimate}가 아직 구매를 이어 가고 있습니다"
        "(95 % 구간 {low} ~ {high}).",
    ),
    "silent leave": (
        "Without contracts nobody cancels: who has left is read from how long a customer is silent beside the "
        "usual pace.",
        "계약이 없으면 해지도 없습니다. 평소 구매 간격에 비해 얼마나 오래 구매가 없는지로 이탈을 추정합니다.",
    ),
    "worth title": (
        "What does a contract bring?",
        "계약 하나는 얼마를 가져오는가?",
    ),
    "within months": (
        "within {months} months",
        "{months}개월 이내",
    ),
    "worth axis": (
        "value",
        "가치",
    ),
    "worth margin axis": (
        "margin of a contract",
        "계약당 마진",
    ),
    "worth fee axis": (
        "fees of a contract",
        "계약당 요금",
    ),
    "worth margin": (
        "A contract brings a margin of {estimate} within {months} months ({low} to {high}).",
        "계약 하나가 {months}개월 동안 가져오는 마진은 {estimate}입니다(95 % 구간 {low} ~ {high}).",
    ),
    "worth fee": (
        "A contract brings fees of {estimate} within {months} months ({low} to {high}).",
        "계약 하나가 {months}개월 동안 가져오는 요금은 {estimate}입니다(95 % 구간 {low} ~ {high}).",
    ),
    "worth spend": (
        "A customer of today is expected to spend {estimate} in the next {months} months ({low} to {high}; 10 % "
        "discount a year).",
        "현재 고객 한 명이 앞으로 {months}개월 동안 쓸 것으로 기대되는 금액은 {estimate}입니다(95 % 구간 {low} ~ "
        "{high}, 연 10 % 할인).",
    ),
    "worth all": (
        "For all {n} customers that is {total}.",
        "고객 {n}명 전체로는 {total}입니다.",
    ),
    "fifths title": ("Who will bring it?", "누가 가져올 것인가?"),
    "fifths axis": ("share of the spend expected", "기대 지출 중 비율"),
    "best fifth": (
        "The best fifth of the customers is expected to bring {share} of it.",
        "상위 5분의 1의 고객이 그중 {share}를 가져올 것으로 기대됩니다.",
    ),
    "split": (
        "Of a budget of {budget} for {months} months, {share} belongs to the customers you have ({low} to "
        "{high}), by your experiments.",
        "실험에 따르면 {months}개월 예산 {budget} 중 {share}를 기존 고객에게 쓰는 것이 가장 좋습니다(95 % 구간 "
        "{low} ~ {high}).",
    ),
    "split now": (
        "Before the experiments it was {share}; the best split brings about {gain} more.",
        "실험 전에는 {share}였습니다. 최적 배분은 약 {gain}을 더 가져옵니다.",
    ),
    "unspent": (
        "{left} of the budget would be better kept.",
        "예산 중 {left}는 쓰지 않는 편이 낫습니다.",
    ),
    "cac": (
        "Winning a customer cost {estimate} on average in the last year ({low} to {high}).",
        "지난 1년간 고객 한 명을 얻는 데 평균 {estimate}이 들었습니다(95 % 구간 {low} ~ {high}).",
    ),
    "ltv cac": (
        "Within {months} months a customer brings {ratio} times that ({from_} to {to}).",
        "고객은 {months}개월 동안 그 {ratio}배를 가져옵니다(95 % 구간 {from_} ~ {to}).",
    ),
    "next unknown": (
        "What the next customer would cost is not known, so no best split can be told.",
        "다음 고객 한 명을 얻는 비용은 알 수 없으므로 최적 배분을 말할 수 없습니다.",
    ),
    "n leads": (
        "leads",
        "리드",
    ),
    "n contracts": (
        "contracts",
        "계약",
    ),
    "n sampled orders": (
        "orders, of a sample of the customers",
        "주문 (고객 표본)",
    ),
    "n orders": (
        "orders",
        "주문",
    ),
    "n ended": (
        "contracts that ended",
        "종료된 계약",
    ),
    "n buyers": (
        "customers who bought",
        "구매한 고객",
    ),
    "n repeat": (
        "customers who came back on another day",
        "다른 날 재구매한 고객",
    ),
    "n months": (
        "months observed",
        "관찰한 개월 수",
    ),
}
