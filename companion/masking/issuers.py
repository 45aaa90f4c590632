"""Keys and tokens of services that write down what theirs look like: clouds, code hosts, messengers, models."""

from __future__ import annotations

import re

from companion.masking.likely import mixed
from companion.masking.types import Rule, token

_HEX = "[0-9a-fA-F]"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"

_AWS_ID = r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"
#: The console and its CSV show the secret right behind the id.
_BESIDE_ID = re.compile(
    rf"\b{_AWS_ID}\b[\s\S]{{1,60}}?(?<![A-Za-z0-9/+])(?P<secret>(?=[A-Za-z0-9/+]{{0,39}}[0-9/+])[A-Za-z0-9/+]{{40}})"
    r"(?![A-Za-z0-9/+=])",
    re.ASCII,
)
_AWS_LABEL = re.compile(
    r"(?:aws|secret|SecretAccess)[\w .\-]{0,24}key(?: \[[\w*]{1,24}\])?[\w \"'\]]{0,8}[\s:=|>,\"']{1,12}"
    r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
    re.ASCII | re.IGNORECASE,
)

#: A session token begins with its origin in base 64.
_AWS_SESSION = re.compile(r"(?<![A-Za-z0-9])(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9/+=%]{60,2000}", re.ASCII)

CLOUDS: tuple[Rule, ...] = (
    token("AWS access key", _AWS_ID, "akia", "asia", "abia", "acca"),
    Rule("AWS secret key", ("akia", "asia", "abia", "acca"), _BESIDE_ID),
    Rule("AWS secret key", ("key",), _AWS_LABEL),
    Rule("AWS session token", ("iqojb3jpz2lu", "fwogzxivyxdz"), _AWS_SESSION),
    token("Google API key", r"AIza[\w-]{35}", "aiza"),
    token("Google OAuth secret", r"GOCSPX-[\w-]{24,40}", "gocspx-"),
    token("Google access token", r"ya29\.[\w.-]{20,2048}", "ya29."),
    token("Google refresh token", r"1//0[\w-]{30,512}", "1//0"),
    # The hash of a package in a file of locked versions is as long.
    Rule(
        "Azure storage key",
        ("==",),
        re.compile(r"(?<![A-Za-z0-9+/])(?<!sha512-)[A-Za-z0-9+/]{86}==(?![A-Za-z0-9])", re.ASCII),
    ),
    token("Azure client secret", r"[\w.~]{3}[78]Q~[\w.~-]{31,34}", "q~"),
    Rule("Azure signature", ("sig=",), re.compile(r"[?&]sig=(?P<secret>[A-Za-z0-9%+/=]{40,120})", re.ASCII)),
    token("Azure DevOps token", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", "azdo"),
    token("DigitalOcean token", r"do[opr]_v1_[a-f0-9]{64}", "_v1_"),
    token("Heroku key", rf"HRKU-(?:{_UUID}|[\w-]{{20,100}})", "hrku-"),
    token("Alibaba access key", r"LTAI[A-Za-z0-9]{12,26}", "ltai"),
    token("Databricks token", rf"dapi{_HEX}{{32}}(?:-\d{{1,2}})?", "dapi"),
    token("Vault token", r"hv[sbr]\.[\w-]{20,500}", "hvs.", "hvb.", "hvr."),
    token("Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,100}", ".atlasv1."),
    token("Pulumi token", rf"pul-{_HEX}{{40}}", "pul-"),
    token("Doppler token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,100}", "dp."),
    token("Supabase token", rf"sbp_{_HEX}{{40}}", "sbp_"),
    token("PlanetScale key", r"pscale_(?:tkn|pw|oauth)_[\w=.-]{30,100}", "pscale_"),
    token("Netlify token", r"nf[pcobu]_[A-Za-z0-9]{30,60}", "nfp_", "nfc_", "nfo_", "nfb_", "nfu_"),
    token("Tailscale key", r"tskey-[a-z]{2,12}-[\w-]{15,100}", "tskey-"),
    token("Cloudflare origin key", rf"v1\.0-{_HEX}{{24}}-{_HEX}{{140,150}}", "v1.0-"),
    token("Fly.io token", r"(?:FlyV1 )?fm[12][ar]?_[A-Za-z0-9+/=]{60,2000}", "fm2_", "fm1r_", "fm1a_"),
    token(
        "Azure service key",
        r"[A-Za-z0-9+/_-]{30,100}(?:AzFu|AzSe|AzCa|ACDb|AIoT|APIM|AZEG|\+A(?:St|Sb|Eh|CR))[A-Za-z0-9+/_-]{4,12}={0,2}",
        *("azfu", "azse", "azca", "acdb", "aiot", "apim", "azeg", "+ast", "+asb", "+aeh", "+acr"),
        check=mixed,
    ),
    token("Vercel token", r"vc[acikpr]_[A-Za-z0-9]{24,80}", "vca_", "vcc_", "vci_", "vck_", "vcp_", "vcr_"),
    token("Supabase key", r"sb_secret_[\w-]{20,60}", "sb_secret_"),
    token("Neon key", r"napi_[a-z0-9]{40,80}|npg_[A-Za-z0-9]{10,24}", "napi_", "npg_"),
    token("Render key", r"rnd_[A-Za-z0-9]{24,40}", "rnd_"),
    token("Tencent key", r"AKID[A-Za-z0-9]{32}", "akid", check=mixed),
    token("Yandex key", r"AQVN[\w-]{35,40}|y[0-3]_[\w-]{50,64}", "aqvn", "y0_", "y1_", "y2_", "y3_", check=mixed),
    token("IBM Cloud key", rf"ApiKey-{_UUID}", "apikey-"),
    token("ngrok token", r"[12][A-Za-z0-9]{26}_[A-Za-z0-9]{20,22}", "_", check=mixed),
    token("Vault token", r"s\.[A-Za-z0-9]{24}", "s.", check=mixed),
)

CODE: tuple[Rule, ...] = (
    token("GitHub token", r"gh[opsur]_[A-Za-z0-9_]{30,255}", "ghp_", "gho_", "ghs_", "ghu_", "ghr_"),
    token("GitHub fine-grained token", r"github_pat_\w{22,255}", "github_pat_"),
    token("GitLab token", r"gl(?:pat|dt|ft|soat|rtr?|cbt|ptt|agent|oas|imt|ffct|wt)-[\w.-]{20,300}", "gl"),
    token("GitLab runner token", r"GR1348941[\w-]{20,50}", "gr1348941"),
    token("Atlassian token", r"AT(?:ATT|CTT)3[\w=-]{50,400}", "atatt3", "atctt3"),
    token("Bitbucket app password", r"ATBB[A-Za-z0-9]{28,40}", "atbb"),
    token("npm token", r"npm_[A-Za-z0-9]{36}", "npm_"),
    Rule("npm token", ("_authtoken",), re.compile(r"_authToken\s{0,3}=\s{0,3}[\"']?(?P<secret>[\w./+=-]{16,200})")),
    token("PyPI token", r"pypi-[\w-]{50,500}", "pypi-", check=mixed),
    token("Docker token", r"dckr_(?:pat|oat)_[\w-]{20,100}", "dckr_"),
    token("RubyGems key", rf"rubygems_{_HEX}{{48}}", "rubygems_"),
    token("crates.io token", r"cio[A-Za-z0-9]{32}", "cio", check=lambda text: any(map(str.isdigit, text))),
    token("NuGet key", r"oy2[a-z0-9]{43}", "oy2"),
    token("Postman key", rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}", "pmak-"),
    token("CircleCI token", r"CCI(?:PAT|PRJ)_[\w-]{30,100}", "ccipat_", "cciprj_"),
    token("Buildkite token", r"bk(?:ua|at|ct|aj)_[a-z0-9]{30,64}", "bkua_", "bkat_", "bkct_", "bkaj_"),
    token("Sentry token", rf"sntry[us]_[\w=+/-]{{40,400}}|sntryu_{_HEX}{{64}}", "sntry"),
    Rule(
        "Sentry DSN",
        ("sentry",),
        re.compile(rf"https?://{_HEX}{{32}}(?::{_HEX}{{32}})?@[\w.-]{{0,80}}sentry[\w./-]{{1,60}}"),
    ),
    token("New Relic key", r"NR(?:AK|II|AA|RA|JS)-[A-Za-z0-9-]{19,60}", "nrak-", "nrii-", "nraa-", "nrra-", "nrjs-"),
    token("New Relic key", rf"{_HEX}{{36}}NRAL", "nral"),
    token("Grafana token", r"gl(?:sa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}|c_[A-Za-z0-9+/=]{40,400})", "glsa_", "glc_"),
    token("Dynatrace token", r"dt0[a-z]\d\d\.[A-Z0-9]{20,30}\.[A-Z0-9]{60,70}", "dt0"),
    token("PostHog key", r"phx_[A-Za-z0-9]{30,60}", "phx_"),
    token("SonarQube token", rf"sq[apu]_{_HEX}{{40}}", "sqa_", "sqp_", "squ_"),
    token("Snyk token", r"snyk_(?:uat|sat)\.[A-Za-z0-9]{6,12}\.[\w.-]{40,400}", "snyk_"),
    token("Clojars token", r"CLOJARS_[a-z0-9]{60}", "clojars_"),
    token("Prefect key", r"pn[ub]_[A-Za-z0-9]{36}", "pnu_", "pnb_"),
    token("Infracost key", r"ico-[A-Za-z0-9]{32}", "ico-", check=mixed),
    token("1Password token", r"ops_eyJ[\w-]{100,4000}", "ops_eyj"),
    token("1Password secret key", r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}", "a3-"),
    token("Bitwarden token", rf"0\.{_UUID}\.[A-Za-z0-9]{{30}}:[A-Za-z0-9+/]{{20,40}}={{0,2}}", "0."),
    token("Honeycomb key", r"hc[a-z]{3}_[a-z0-9]{50,64}", "hc"),
    token("Logfire token", r"pylf_v\d_[a-z]{2}_[A-Za-z0-9]{40,60}", "pylf_v"),
    token("LaunchDarkly key", rf"(?:sdk|api|mob)-{_UUID}", "sdk-", "api-", "mob-"),
    token("ReadMe key", r"rdme_[a-z0-9]{60,80}", "rdme_"),
    token("Artifactory token", r"AKC[A-Za-z0-9]{10,120}", "akc", check=mixed),
    token("Okta token", r"00[\w-]{40}", "00", check=mixed),
    token("Scaleway key", r"SCW[A-Z0-9]{17}", "scw", check=lambda text: any(map(str.isdigit, text))),
    token("Grafana token", r"eyJrIjoi[A-Za-z0-9]{40,400}={0,2}", "eyjrijoi"),
    token("Artifactory token", r"cmVmdGtu[A-Za-z0-9]{50,60}", "cmvmdgtu"),
    token("Harness token", rf"[ps]at\.[\w-]{{22}}\.{_HEX}{{24}}\.[A-Za-z0-9]{{20}}", "pat.", "sat."),
    token("Octopus key", r"API-[A-Z0-9]{26,32}", "api-", check=lambda text: sum(map(str.isdigit, text)) > 2),  # noqa: PLR2004 no word
    token("Sourcegraph token", rf"sgp_(?:{_HEX}{{16}}_|local_)?{_HEX}{{40}}", "sgp_"),
)

MODELS: tuple[Rule, ...] = (
    token("Anthropic key", r"sk-ant-[\w-]{20,300}", "sk-ant-"),
    token("OpenAI key", r"sk-(?:proj|svcacct|admin|None)-[\w-]{40,300}", "sk-"),
    token("OpenAI key", r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", "t3blbkfj"),
    token("OpenRouter key", rf"sk-or-v1-{_HEX}{{64}}", "sk-or-"),
    token("secret key", r"sk-[A-Za-z0-9]{32,64}", "sk-"),
    token("Hugging Face token", r"(?:hf|api_org)_[A-Za-z0-9]{30,60}", "hf_", "api_org_"),
    token("Groq key", r"gsk_[A-Za-z0-9]{40,60}", "gsk_"),
    token("Replicate token", r"r8_[A-Za-z0-9]{30,45}", "r8_"),
    token("Perplexity key", r"pplx-[A-Za-z0-9]{40,60}", "pplx-"),
    token("xAI key", r"xai-[A-Za-z0-9]{70,90}", "xai-"),
    token("NVIDIA key", r"nvapi-[\w-]{60,80}", "nvapi-"),
    token("Fireworks key", r"fw_[A-Za-z0-9]{24}", "fw_", check=mixed),
    token("LangSmith key", rf"lsv2_(?:pt|sk)_{_HEX}{{32}}_{_HEX}{{10}}", "lsv2_"),
    token("Langfuse key", rf"sk-lf-{_UUID}", "sk-lf-"),
    token("Pinecone key", r"pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,80}", "pcsk_"),
    token("Tavily key", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{28,40}", "tvly-"),
    token("Cerebras key", r"csk-[a-z0-9]{40,60}", "csk-"),
    token("Jina key", rf"jina_{_HEX}{{32}}[\w-]{{24,32}}", "jina_"),
    token("secret key", rf"sk_{_HEX}{{40,64}}|(?:e2b_|fc-){_HEX}{{32,40}}", "sk_", "e2b_", "fc-"),
    token("secret key", r"sk-[a-z]{2,12}-[A-Za-z0-9_-]{20,200}", "sk-", check=mixed),
)

ISSUERS = CLOUDS + CODE + MODELS
