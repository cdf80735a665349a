"""What a move does to a case, in sentences for those who decide on it."""

from __future__ import annotations

from service.clock import local
from service.engine import Effect

_TRIGGERS = {"timer": "定时器", "message": "消息等待", "signal": "信号等待", "conditional": "条件等待"}
_STATUSES = {
    "unchanged": "已是该版本",
    "movable": "可以移动",
    "moved": "已移动",
    "stays": "须留在原版本",
    "locked": "正由他人办理",
    "changed": "预览后已有变化",
    "ended": "已结束",
    "failed": "出错",
}


def status_word(status: str) -> str:
    """An outcome's status."""
    return _STATUSES.get(status, status)


def sentence(effect: Effect) -> str:
    """One effect of a move."""
    what = f"“{effect.name}”（{effect.element}）" if effect.name else f"“{effect.element}”"
    kind = _TRIGGERS.get(effect.trigger, "事件")
    until = f"，到期 {local(effect.due):%Y-%m-%d %H:%M}" if effect.due else ""
    if effect.kind == "armed":
        return f"启用{kind}{what}{until}"
    if effect.kind == "disarmed":
        return f"停用{kind}{what}"
    if effect.kind == "restarted":
        return f"{kind}{what}重新计时{until}"
    if effect.kind == "renamed":
        return f"当前步骤“{effect.was}”成为{what}"
    return f"被调用的流程 {effect.element} 换为现行版本"
