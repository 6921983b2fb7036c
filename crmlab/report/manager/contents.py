"""What the index says around the manager's page, of the lessons and of the company, in English and Korean."""

from __future__ import annotations

CONTENTS: dict[str, tuple[str, str]] = {
    "index": ("crmlab{name}: a report", "crmlab{name}: 보고서"),
    "course": (
        "crmlab: customer management, learned on data",
        "crmlab: 데이터로 배우는 고객 관리",
    ),
    "lessons": ("Lessons", "레슨"),
    "lesson": ("Lesson", "레슨"),
    "company": ("Company", "회사"),
    "status": ("Status", "상태"),
    "seconds": ("Seconds", "소요 시간(초)"),
    "ran": ("ran", "실행됨"),
    "skipped": ("skipped", "건너뜀"),
    "failed": ("failed", "실패"),
    "outcomes": ("{all} lessons: {said}.", "레슨 {all}개: {said}."),
    "outcome": ("{n} {status}", "{status} {n}개"),
    "kept": (
        "{n} were kept from a run that was ended before.",
        "이 중 {n}개는 중단되었던 이전 실행의 결과입니다.",
    ),
    "lacks parts": ("without the parts that need {what}", "다음이 필요한 부분은 제외: {what}"),
    "of company": ("Company {name}", "회사 {name}"),
    "observed": (
        "Observed from {first} to {end}; money in {currency}.",
        "관찰 기간: {first}부터 {end}까지, 통화: {currency}.",
    ),
    "observed to": ("Observed to {end}; money in {currency}.", "관찰 종료일: {end}, 통화: {currency}."),
    "truth": ("Its truth is known.", "참값이 알려져 있습니다."),
    "no truth": ("No truth is known.", "참값은 알려져 있지 않습니다."),
    "table": ("Table", "표"),
    "rows": ("Rows", "행 수"),
}
