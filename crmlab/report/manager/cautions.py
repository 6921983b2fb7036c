"""What the manager's page warns of, and why a part has no answer, in English and Korean."""

from __future__ import annotations

CAUTIONS: dict[str, tuple[str, str]] = {
    "luck": (
        "An interval holds only what the data leave open about an average. It does not hold a wrong model, nor a "
        "future that is unlike the past.",
        "구간은 평균에 대한 불확실성만 담습니다. 모형이 틀렸을 가능성이나 미래가 과거와 다를 가능성은 담지 않습니다.",
    ),
    "lacking": (
        "Not in these tables. It needs: {what}.",
        "이 데이터에는 없습니다. 필요한 표와 열: {what}.",
    ),
    "cannot": (
        "These data do not tell: {why}.",
        "이 데이터로는 알 수 없습니다: {why}.",
    ),
    "broken": (
        "This part failed ({what}). The other parts are not touched by it.",
        "이 부분은 계산하지 못했습니다({what}). 다른 부분에는 영향이 없습니다.",
    ),
    "no wins": (
        "no lead is known to have been won; the stages are to be called {stages}",
        "성사된 리드가 없습니다. 단계 이름은 {stages}여야 합니다",
    ),
    "no ripe leads": (
        "no lead is older than {days} days, the time that nearly all wins take",
        "성사에 걸리는 {days}일보다 오래된 리드가 없습니다",
    ),
    "too few leads": (
        "fewer than {below} leads were won, or fewer than {below} were lost",
        "성사된 리드나 실패한 리드가 {below}건 미만입니다",
    ),
    "few won": (
        "Only {n} leads were won: the conversion rate is a rough guess.",
        "성사된 리드가 {n}건뿐입니다. 전환율은 대략적인 값입니다.",
    ),
    "funnel is no cause": (
        "A channel or a team with a better rate may simply get better leads: only a random draw tells.",
        "전환율이 높은 채널이나 팀은 단지 더 좋은 리드를 받았을 수 있습니다. 무작위 배정만이 이를 가려 줍니다.",
    ),
    "too few ended": (
        "fewer than {below} contracts have ended, or all too early",
        "끝난 계약이 {below}건 미만이거나 관찰 기간이 너무 짧습니다",
    ),
    "few ended": (
        "Only {n} contracts have ended: differences between groups of customers will hardly be seen.",
        "끝난 계약이 {n}건뿐이어서 고객 집단 간 차이는 거의 드러나지 않습니다.",
    ),
    "short": (
        "No contract was seen for more than {months} months: what comes later is not in the data.",
        "{months}개월 넘게 관찰된 계약이 없습니다. 그 이후는 데이터에 없습니다.",
    ),
    "average churn": (
        "One curve for all hides that customers differ: those who stayed long leave less often than new ones.",
        "전체를 하나로 묶은 곡선은 고객 차이를 가립니다. 오래 남은 고객은 신규 고객보다 덜 떠납니다.",
    ),
    "nobody cancels": (
        "Whether one customer has left is never known, only a probability. A table of contracts would tell.",
        "특정 고객이 떠났는지는 확률로만 알 수 있습니다. 계약 표가 있으면 알 수 있습니다.",
    ),
    "too few repeats": (
        "fewer than {n} customers came back, and nothing can be learned of buying from those who bought once",
        "재구매한 고객이 {n}명 미만입니다. 한 번만 구매한 고객으로는 구매 행동을 알 수 없습니다",
    ),
    "sample of all": (
        "The models of buying are fitted to the counts of all {all} customers. Single customers are known of a sample "
        "of {n} only: on it rest the fifths, the test of the forecast and the lessons.",
        "구매 모형은 전체 고객 {all}명의 집계로 추정했습니다. 개별 고객은 표본 {n}명만 알 수 있으며, 5분위, "
        "예측 검증과 각 과목은 이 표본에 근거합니다.",
    ),
    "few repeats": (
        "Only {n} of {of} customers came back: the models of buying rest on them alone.",
        "고객 {of}명 중 {n}명만 재구매했습니다. 구매 모형은 이들에게만 근거합니다.",
    ),
    "correlated up": (
        "Who buys often also spends more at a time (correlation {r}); the model takes the two to be unrelated, "
        "so it values the best customers too low.",
        "자주 사는 고객이 한 번에 더 많이 씁니다(상관 {r}). 모형은 둘을 무관하다고 보므로 최우수 고객의 가치를 "
        "낮게 봅니다.",
    ),
    "correlated down": (
        "Who buys often spends less at a time (correlation {r}); the model takes the two to be unrelated, so it "
        "values frequent customers too high.",
        "자주 사는 고객이 한 번에 덜 씁니다(상관 {r}). 모형은 둘을 무관하다고 보므로 잦은 구매자의 가치를 높게 봅니다.",
    ),
    "inside hold-out": (
        "Put to the test: the first half of the time foretold {estimate} purchases for the second ({low} to "
        "{high}); {came} came. The forecast held.",
        "검증: 앞 절반의 기간으로 뒤 절반의 구매를 {estimate}건({low} ~ {high})으로 예측했고 실제는 "
        "{came}건이었습니다. 예측이 맞았습니다.",
    ),
    "outside hold-out": (
        "Put to the test, the forecast failed: the first half of the time foretold {estimate} purchases for the "
        "second ({low} to {high}); {came} came, {off} off. Do not believe the intervals of the coming year.",
        "검증에서 예측이 빗나갔습니다: 앞 절반의 기간으로 뒤 절반의 구매를 {estimate}건({low} ~ {high})으로 "
        "예측했지만 실제는 {came}건이었습니다({off} 차이). 다음 해의 구간을 그대로 믿지 마십시오.",
    ),
    "no hold-out": (
        "The forecast could not be put to the test on half of the time ({why}).",
        "기간을 절반으로 나누어 검증할 수 없었습니다({why}).",
    ),
    "fee is no margin": (
        "Fees are not margin: what it costs to serve is not in the tables (contracts.monthly_margin).",
        "요금은 마진이 아닙니다. 서비스 비용이 데이터에 없습니다(contracts.monthly_margin).",
    ),
    "spend is no margin": (
        "Spend is not margin: what the goods cost is not in it.",
        "지출은 마진이 아닙니다. 상품 원가를 빼지 않은 금액입니다.",
    ),
    "seen value only": (
        "The value ends with the months that were seen. Whoever stays longer is worth more than it says.",
        "가치는 관찰된 기간까지만 계산했습니다. 더 오래 남는 고객의 가치는 이보다 큽니다.",
    ),
    "too young": (
        "too few contracts were seen for {months} months",
        "{months}개월 이상 관찰된 계약이 너무 적습니다",
    ),
    "flat top": (
        "The best split is flat at its top: a few points more or less cost little, and nobody should quarrel "
        "over them.",
        "최적 배분 주변은 평평합니다. 몇 %의 차이는 손익에 거의 영향이 없습니다.",
    ),
    "one experiment": (
        "The split holds for the customers and the amounts that were tested, not beyond them.",
        "이 배분은 실험한 고객과 금액 범위 안에서만 유효합니다.",
    ),
    "experiment fails": (
        "The experiments on money do not give a curve ({why}).",
        "지출 실험으로는 반응 곡선을 얻을 수 없었습니다({why}).",
    ),
    "no ledger": (
        "channel_spend, leads and contracts do not cover the same {months} months",
        "channel_spend, leads, contracts가 같은 {months}개월을 담고 있지 않습니다",
    ),
    "no gain": (
        "a contract earns nothing for sure within {months} months, and a loss has no ratio to its cost",
        "{months}개월 동안 계약의 이익이 확실하지 않아 비용 대비 비율을 계산할 수 없습니다",
    ),
    "no experiment": (
        "There is no experiment in which money was drawn at random for leads and for customers. Money follows "
        "good prospects, so what was spent and what came of it do not show what spending does (confounding).",
        "리드와 고객에게 지출을 무작위로 배정한 실험이 없습니다. 돈은 좋은 고객을 따라가므로, 지출과 결과를 "
        "비교해도 지출의 효과를 알 수 없습니다(교란).",
    ),
    "average is no margin": (
        "A ratio of value to cost is an average. It does not say whether to spend more: the next customer is dearer.",
        "비용 대비 가치 비율은 평균입니다. 더 써야 하는지는 말해 주지 않습니다. 다음 고객은 더 비쌉니다.",
    ),
    "short span": (
        "The data cover {days} days, less than a year: a season cannot be told from a trend.",
        "데이터 기간이 {days}일로 1년이 안 됩니다. 계절 변동과 추세를 구분할 수 없습니다.",
    ),
    "silent end": (
        "The table {table} is empty in the last {days} days before the end of the observation ({end}): is the "
        "export whole, or the end named too late? Silence at the end looks like churn.",
        "{table} 표는 관찰 종료일({end}) 전 {days}일 동안 비어 있습니다. 내보내기가 누락되었거나 종료일이 너무 "
        "늦은 것은 아닙니까? 마지막의 공백은 이탈처럼 보입니다.",
    ),
    "leap": (
        "The table {table} leaps in {month}: over four times more or fewer rows than in the months around.",
        "{table} 표의 건수가 {month}에 급변합니다: 전후 달보다 네 배 넘게 많거나 적습니다.",
    ),
    "zero orders": (
        "{share} of the orders are worth nothing: gifts, tests or refunds? They count as purchases.",
        "주문의 {share}가 금액이 0입니다. 증정, 시험 주문, 환불입니까? 구매로 계산되었습니다.",
    ),
}
