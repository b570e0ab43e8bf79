"""Machine: what a record says about the machine it was made on."""
import datetime
import os
import platform


def distribution():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError, AttributeError):
        return platform.system()


def machine():
    model, simd = platform.processor(), []
    try:
        with open("/proc/cpuinfo") as cpuinfo:
            fields = dict(line.split(":", 1) for line in cpuinfo.read().replace("\t", "").splitlines() if ":" in line)
        model = fields.get("model name", model).strip()
        simd = [flag for flag in ("avx2", "fma", "avx512f", "amx_tile") if flag in fields.get("flags", "").split()]
    except OSError:
        pass
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "simd": simd, "system": platform.platform(),
            "distribution": distribution(), "load": round(os.getloadavg()[0], 2)}


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def sentence(record):
    found = record["machine"]
    return (f"{record['date'][:10]}, {found['cores']} cores of {found['processor']} ({', '.join(found['simd']) or 'no AVX2'}), "
            f"{found['distribution']}")
