"""Reports made by hand: what an audit of a small season could have found."""

from decimal import Decimal

from ledger.audit.finding import Basis, Finding
from ledger.audit.report.charts.balance import Balance, Flow, Node
from ledger.audit.report.charts.growth import Growth, Weight
from ledger.audit.report.charts.journey import Journey, Leg, Stop
from ledger.audit.report.charts.yields import YieldDay, Yields
from ledger.audit.report.model import (
    AuditReport,
    Figures,
    RuleLooked,
    Scope,
    TemplateUsed,
    WitnessSeen,
)
from ledger.audit.report.sample import draw
from ledger.audit.rule import Rule
from ledger.growth import BANDS
from ledger.template import Name, builtin_templates

HOST = "https://ledger.example/id"
ROOT = "5f" * 32
GS1 = "https://id.gs1.org"

MASS = Rule(
    id="more-used-than-made",
    family="mass",
    certainty="impossible",
    title=Name("more used than made", "用量大于产量"),
    rule=Name(
        "Of goods no more can be used, packed or thrown away than was made of them.",
        "一批货物被使用、包装或处置的总量不能超过其产出量。",
    ),
    message=Name(
        "Of {lot}, {used} kg were used in {uses} later steps, and {made} kg were made: "
        "{excess} kg are from nowhere.",
        "{lot} 产出 {made} 千克，后续 {uses} 个步骤共用去 {used} 千克："
        "{excess} 千克来历不明。",
    ),
    innocent=(
        Name(
            "a further delivery into the same vessel was not recorded",
            "同一容器后来又加入了货物，但没有登记",
        ),
        Name(
            "a mistyped mass, or a scale not set to zero", "质量录入有误，或秤没有归零"
        ),
    ),
    ask=Name(
        "The scale's own record of when these goods were made.",
        "请索取该批货物产出时的原始称重记录。",
    ),
)
YIELD = Rule(
    id="yield-of-herd",
    family="plausibility",
    certainty="unlikely",
    title=Name("much milk for so few animals", "产奶量高于畜群常见水平"),
    rule=Name(
        "What a herd gives in a day lies within what its animals are known to give.",
        "畜群一天的产奶量应在其动物的已知范围之内。",
    ),
    message=Name(
        "On {day}, {herd} gave {yield} kg for each of {animals} animals.",
        "{day}，{herd} 的 {animals} 头动物平均每头产奶 {yield} 千克。",
    ),
    innocent=(
        Name("milk of two days was delivered at once", "两天的奶一次交售"),
        Name("some animals are not registered", "部分动物未登记"),
    ),
    ask=Name(
        "The delivery slips of that day and of the days around it.",
        "请索取当天及前后几天的交奶单。",
    ),
)
JOURNEY = Rule(
    id="journey-too-fast",
    family="time",
    certainty="impossible",
    title=Name("too fast from place to place", "两地之间速度过快"),
    rule=Name(
        "Nothing travels faster than its means of transport.",
        "货物的移动不能快于其运输方式。",
    ),
    message=Name(
        "{lot} was at {from}, {minutes} minutes later at {to}, {kilometres} km away.",
        "{lot} 在 {from}，{minutes} 分钟后在 {kilometres} 公里外的 {to}。",
    ),
    innocent=(Name("a clock was wrong", "时钟有误"),),
    ask=Name("The way-bill of the load.", "请索取运单。"),
)
TEST = Rule(
    id="test-missing",
    family="tests",
    certainty="missing",
    title=Name("no test before release", "放行前没有检验"),
    rule=Name("A lot is tested before it is released.", "批次应先检验后放行。"),
    message=Name(
        "{lot} was released on {day}, and no test of it is told.",
        "{lot} 于 {day} 放行，没有任何检验记录。",
    ),
    innocent=(Name("the laboratory's report is on paper only", "检验报告只有纸质"),),
    ask=Name("The laboratory's report of the lot.", "请索取该批次的检验报告。"),
)
DEVICE = Rule(
    id="calibration-out-of-date",
    family="devices",
    certainty="unlikely",
    title=Name("calibration out of date", "校准已过期"),
    rule=Name(
        "A device is calibrated when it is used.", "使用设备时其校准应在有效期内。"
    ),
    message=Name(
        "{device} was last calibrated on {day}.", "{device} 最近一次校准在 {day}。"
    ),
    innocent=(Name("the new certificate was not recorded", "新证书未登记"),),
    ask=Name("The certificate of calibration.", "请索取校准证书。"),
)
CODES = Rule(
    id="void-code-sold",
    family="codes",
    certainty="impossible",
    title=Name("a code that was made void was sold", "作废的编码被售出"),
    rule=Name("What was made void is not sold.", "作废的编码不应售出。"),
    message=Name("{serial} was made void and sold later.", "{serial} 作废后被售出。"),
    innocent=(Name("the wrong code was made void", "作废了错误的编码"),),
    ask=Name("The pack itself.", "请查看实物包装。"),
)
RULES = (MASS, YIELD, JOURNEY, TEST, DEVICE, CODES)

UNVERIFIED = Basis(
    product="bactrian-milk",
    edition="2026-11-22",
    name="bound yield.day.animal",
    expected="[0.5, 4] KGM/DAY",
    source="Zhao 2015, 22 camels of the Junggar basin",
    grade="A",
    is_verified=False,
)


def place(name):
    return f"{HOST}/place/{name}"


def mass_finding(number, *, excess="12.5"):
    lot = f"{HOST}/tank/sim-keping-station/2026-05-{number:02}"
    return Finding(
        rule_id=MASS.id,
        severity="critical",
        about=(lot, f"{HOST}/load/sim-keping-station/2026-05-{number:02}"),
        entries=tuple(range(number * 40, number * 40 + 3 * number, 3)),
        values={
            "lot": lot,
            "used": "412.5",
            "uses": "2",
            "made": "400",
            "excess": excess,
        },
        at=f"2026-05-{number:02}T06:30:00+08:00",
        place=place("sim-keping-station"),
    )


def yield_finding(day, *, severity="warning", herd="sim-household-0eeb"):
    return Finding(
        rule_id=YIELD.id,
        severity=severity,
        about=(f"{HOST}/party/{herd}",),
        entries=(900 + day, 903 + day),
        values={
            "day": f"2026-05-{day:02}",
            "herd": f"{HOST}/party/{herd}",
            "yield": "6.2",
            "animals": "7",
        },
        at=f"2026-05-{day:02}T20:10:00+08:00",
        place=place(herd),
        basis=UNVERIFIED,
        mark=f"{day}",
    )


def other_findings():
    lot = f"{GS1}/01/09520123456788/10/S02"
    return (
        Finding(
            rule_id=JOURNEY.id,
            severity="critical",
            about=(f"{GS1}/00/395201234567890128",),
            entries=(4100, 4107),
            values={
                "lot": f"{GS1}/00/395201234567890128",
                "from": place("sim-aksu-freight"),
                "to": place("sim-hangzhou-warehouse"),
                "minutes": "95",
                "kilometres": "3860",
            },
            at="2026-06-02T09:00:00+08:00",
            place=place("sim-hangzhou-warehouse"),
            basis=road_basis(),
        ),
        Finding(
            rule_id=TEST.id,
            severity="warning",
            about=(lot,),
            entries=(3890,),
            values={"lot": lot, "day": "2026-05-28"},
            at="2026-05-28T11:20:00+08:00",
            place=place("sim-keping-plant"),
            basis=UNVERIFIED,
        ),
        Finding(
            rule_id=DEVICE.id,
            severity="notice",
            about=(f"{HOST}/device/sim-keping-station/scale-2",),
            entries=(12,),
            values={
                "device": f"{HOST}/device/sim-keping-station/scale-2",
                "day": "2025-01-10",
            },
        ),
    )


def road_basis():
    return Basis(
        product="bactrian-milk",
        edition="2026-11-22",
        name="bound speed.road",
        expected="[0, 110] KMH",
        source="road law of the county",
        grade="K",
        is_verified=True,
    )


def report(*, findings=None, notes="", sample=True, figures=None, failure=""):
    found = (
        *(mass_finding(number) for number in (3, 4, 9, 17)),
        *(yield_finding(day) for day in (5, 6, 7, 8, 9, 21)),
        yield_finding(11, severity="notice", herd="sim-household-3c1a"),
        *other_findings(),
    )
    template = builtin_templates()[1]
    return AuditReport(
        scope=Scope(
            origin="ledger.example/caravan",
            source="https://ledger.example",
            tree_size=22804,
            root=ROOT,
            seal_time="2026-08-04T00:00:00.000Z",
            failure=failure,
            policy_source="yours",
            policy_fingerprint="sha256:9f86d081884c7d65",
            witnesses=(
                WitnessSeen("witness.keping.example", "2026-08-04T00:01:00Z", True),
                WitnessSeen("witness.lab.example", "2026-08-04T00:00:30Z", False),
            ),
            entries=22804,
            events=22680,
            things=4711,
            periods=96,
            first="2026-04-05",
            last="2026-08-03",
        ),
        as_of="2026-08-04T00:01:00Z",
        templates=(
            TemplateUsed(
                product=template.product,
                name=template.name,
                edition=template.edition,
                is_verified=template.verified,
                notice=template.notice,
                file=template.file,
                sha256="0b" * 32,
            ),
        ),
        looked=tuple(
            RuleLooked(rule, 0 if rule is CODES else 100 + place)
            for place, rule in enumerate(RULES)
        ),
        findings=found if findings is None else findings,
        sample=drawn() if sample else None,
        notes=notes,
        figures=figures or Figures(),
    )


def drawn(seed="keping-2026-11"):
    return draw(
        {
            "household": [f"{HOST}/party/sim-household-{n:04x}" for n in range(8)],
            "station": [f"{HOST}/party/sim-keping-station"],
            "lot": [f"{GS1}/01/09520123456788/10/S0{n}" for n in range(1, 4)],
        },
        seed=seed,
        root=ROOT,
    )


def figures():
    return Figures(
        balances=(balance(),),
        yields=(yields(),),
        growth=(growth(),),
        journeys=(journey(),),
    )


def balance():
    masses = (2210, 1980, 1730, 1505, 1340, 1190, 980, 760)
    nodes = [
        Node(f"h{n}", "milking", f"{HOST}/party/sim-household-{n:04x}", Decimal(mass))
        for n, mass in enumerate(masses)
    ]
    nodes.append(Node("others", "milking", "", Decimal(1600), count=12))
    flows = [Flow(node.id, "bulking", node.made) for node in nodes]
    steps = (
        ("bulking", 13250, 45, 0, 0),
        ("loading", 13250, 0, 0, 0),
        ("receiving", 13650, 0, 400, 0),
        ("heating", 13635, 15, 0, 0),
        ("drying", "1630.25", 11700, 0, "304.75"),
        ("packing", "1621.5", "8.75", 0, 0),
    )
    before = None
    for step, *told in steps:
        made, lost, excess, missing = map(Decimal, told)
        taken = before.made if before else Decimal(13295)
        nodes.append(
            Node(
                step,
                step,
                "",
                made,
                taken=taken,
                lost=lost,
                excess=excess,
                missing=missing,
                is_counted=step != "packing",
            )
        )
        if before:
            flows.append(Flow(before.id, step, before.made))
        before = nodes[-1]
    template = builtin_templates()[1]
    names = {step.id: step.name for step in template.steps}
    stages = dict.fromkeys(node.stage for node in nodes)
    return Balance(
        template.name,
        tuple((stage, names[stage]) for stage in stages),
        tuple(nodes),
        tuple(flows),
    )


def yields():
    bound = builtin_templates()[1].bound("yield.day.animal")
    values = [1.8, 2.1, 2.4, 2.2, 2.6, 6.2, 5.9, 2.3, 2.0, 0.4, 0.3, 1.2, 1.9, 2.2, 9.4]
    days = tuple(
        YieldDay(f"2026-05-{n + 1:02}", Decimal(f"{value}"), (900 + n, 1200 + n))
        for n, value in enumerate(values)
    )
    return Yields(f"{HOST}/party/sim-household-0eeb", days, bound, "kg/d", UNVERIFIED)


def growth():
    weights = ((0, 36), (60, 84), (120, 131), (180, 168), (240, 401), (300, 215))
    return Growth(
        f"{HOST}/animal/sim-household-0eeb/17",
        tuple(
            Weight(age, kg * 1000, f"2026-0{n + 1}-01", 50 + n, kg == 401)
            for n, (age, kg) in enumerate(weights)
        ),
        tuple(BANDS),
        "growth.source",
    )


def journey():
    stops = (
        ("sim-keping-plant", "652929", "2026-05-29T10:00:00+08:00"),
        ("sim-aksu-freight", "652901", "2026-06-01T16:40:00+08:00"),
        ("sim-aksu-freight", "652901", "2026-06-02T07:25:00+08:00"),
        ("sim-hangzhou-warehouse", "330100", "2026-06-02T09:00:00+08:00"),
        ("sim-hangzhou-shop-2", "330100", "2026-06-04T08:15:00+08:00"),
    )
    return Journey(
        f"{GS1}/00/395201234567890128",
        tuple(
            Stop(place(name), area, time, (4000 + n,))
            for n, (name, area, time) in enumerate(stops)
        ),
        (
            Leg(4720, 180, 110, "road", False),
            Leg(885, None, None, "", False),
            Leg(95, 3860, 110, "road", True),
            Leg(2835, 0, 110, "road", False),
        ),
    )
