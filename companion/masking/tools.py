"""Passwords that programs are told on their command line, by the letters each of them takes one behind."""

from __future__ import annotations

import re

from companion.masking.likely import is_placeholder, likely_passphrase, likely_password
from companion.masking.types import Rule


def _given(text: str) -> bool:
    """Whether an argument is a password: no variable, file, name of an option or word."""
    return (
        not is_placeholder(text)
        and not text.startswith(("$(", "${", "-", "/", "./", "~/", "<", "{"))
        and not text.isalpha()
    )


def _made(text: str) -> bool:
    return likely_password(text) or likely_passphrase(text)


_ARGUMENT = r"[\"']?(?P<secret>[^\s\"'|;]{3,128})[\"']?"


def _option(programs: str, option: str, *hints: str) -> Rule:
    """Return the rule of what follows an option of programs."""
    return Rule(
        "password",
        hints or tuple(programs.split("|")),
        re.compile(rf"(?<![\w.-])(?:{programs})(?![\w-])[^\n|;]{{0,240}}? (?:{option}){_ARGUMENT}"),
        _given,
    )


RULES: tuple[Rule, ...] = (
    _option(
        "mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport|cqlsh|rdesktop|evil-winrm|crackmapexec|"
        "netexec|nxc|az login|"
        "influx|clickhouse-client|sshpass|kinit|oc login|argocd login|helm registry login|nerdctl login|"
        "skopeo login|buildah login|"
        "isql|bcp|arangosh|neo4j|cypher-shell|freetds|tsql|rabbitmqadmin|hydra|nmap|smbmap|bloodhound-python|"
        "cf login|ibmcloud login",
        r"-p[ =]",
        *(
            "mongo",
            "cqlsh",
            "rdesktop",
            "winrm",
            "crackmap",
            "netexec",
            "nxc",
            "login",
            "influx",
            "clickhouse",
            "sql",
            "bcp",
            "arangosh",
        ),
        *("cypher-shell", "rabbitmqadmin", "hydra", "smbmap", "bloodhound"),
    ),
    _option(
        "7z|7za|7zz|rar|unrar|xfreerdp|wlfreerdp|mstsc|cmdkey",
        r"-p|/p:|/pass:",
        "7z",
        "rar",
        "freerdp",
        "mstsc",
        "cmdkey",
    ),
    _option(
        "zip|unzip|mosquitto_pub|mosquitto_sub|sqlcmd|ipmitool|bcp|vncviewer",
        r"-P[ ]?",
        "zip",
        "mosquitto_",
        "sqlcmd",
        "ipmitool",
        "bcp",
    ),
    _option("ldapsearch|ldapadd|ldapmodify|ldapwhoami|ldapdelete|ldappasswd", r"-w ?", "ldap"),
    _option("snmpwalk|snmpget|snmpset", r"-[AX] ", "snmp"),
    _option("ssh-keygen", r"-[NP] "),
    _option(
        "keytool|jarsigner|apksigner",
        r"-(?:store|key|src|dest|deststore|srcstore)pass(?:wd)?[ ](?:pass:)?",
        "keytool",
        "jarsigner",
        "apksigner",
    ),
    _option("pscp|plink|psftp|putty", r"-pw "),
    _option(
        "smbclient|rpcclient|net rpc|curl|smbget|mount\\.cifs",
        r"-U ?[\"']?[\w./\\-]{1,64}%",
        "smbclient",
        "rpcclient",
        "net rpc",
        "smbget",
    ),
    _option("lftp", r"-u ?[\"']?[\w.@-]{1,64},"),
    _option("psexec|wmic|winexe", r"[-/]p(?:assword)?[: ]", "psexec", "wmic", "winexe"),
    _option("redis-cli", r"--pass |-a "),
    _option("gpg|gpg2", r"--passphrase[ =]", "gpg"),
    _option("hdiutil|vncpasswd|passwd|cryptsetup|kinit", r"[^\n|]{0,40}<<< ?", "<<<"),
    Rule(
        "password",
        ("net use", "net user"),
        re.compile(
            r"\bnet use\b[^\n|]{0,160}?(?:/user:\S{1,64} | \\\\\S{1,120} )[\"']?(?P<secret>[^\s\"'/\\][^\s\"']{2,127})",
            re.IGNORECASE,
        ),
        _made,
    ),
    Rule(
        "password",
        ("sqlplus", "jdbc:oracle", "expdp", "impdp", "rman"),
        re.compile(
            r"(?:\bsqlplus(?: -\w{1,2}){0,3}|jdbc:oracle:(?:thin|oci):|\b(?:expdp|impdp|"
            r"rman target)) ?[\w$#.-]{1,40}/[\"']?(?P<secret>[^\s\"'/]{2,64})(?=[\"']?@[\w/.:-]{2})"
        ),
        _given,
    ),
    Rule(
        "password",
        ("impacket", "psexec", "secretsdump", "wmiexec", "smbexec", "getuserspns"),
        re.compile(
            r"\b(?:impacket-\w{2,20}|(?:psexec|secretsdump|wmiexec|smbexec|GetUserSPNs)(?:\.py)?)\b[^\n|"
            r"]{0,80}? [\"']?[\w./-]{1,60}:(?P<secret>[^\s\"']{3,64})@(?=[\w.-]{2})",
            re.IGNORECASE,
        ),
        _given,
    ),
    Rule(
        "password",
        ("stdin", "sudo -", "--passphrase-fd", "passwd", "cryptsetup", "su "),
        re.compile(
            rf"\b(?:echo|printf)(?: -[ne]{{1,2}})?[ ]{_ARGUMENT}[ ]{{0,3}}\|[^\n|"
            rf"]{{0,80}}?(?:--?(?:password-?)?stdin|\bsudo (?:-\w{{1,3}} ){{0,2}}-?\w{{0,3}}S\b"
            r"|sudo -S|--passphrase-fd|\bpasswd\b|\bcryptsetup\b|\bsu -|gh auth login|docker login)"
        ),
        _given,
    ),
    Rule(
        "password", ("user ",), re.compile(r"(?:ftp> |quote )user \S{1,40} (?P<secret>\S{4,64})", re.IGNORECASE), _made
    ),
    Rule(
        "password",
        ("curl", "http", "wget", "aria2c"),
        re.compile(
            r"\b(?:https?|xh|curlie) [^\n|]{0,200}?(?:-a|--auth)[ =][\"']?[^\s:\"']{1,64}:(?P<secret>[^\s\"']{3,128})"
        ),
        _given,
    ),
    Rule(
        "two-factor key",
        ("oathtool",),
        re.compile(r"\boathtool\b[^\n|]{0,80}? [\"']?(?P<secret>[A-Za-z2-7]{16,64})=?(?![A-Za-z0-9])"),
    ),
    Rule(
        "licence key",
        ("slmgr",),
        re.compile(r"\bslmgr(?:\.vbs)? /ipk (?P<secret>[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4})", re.IGNORECASE),
    ),
)
