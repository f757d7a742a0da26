"""Settings come from the file, then the environment, then the command line; nonsense is named."""

from pathlib import Path

import pytest

from jxc_graphql.kit.settings import Settings, SettingsError, load


def test_lets_the_environment_and_then_the_command_line_win(tmp_path: Path) -> None:
    toml = tmp_path / "jxc.toml"
    toml.write_text('port = 1\nhost = "::1"\nworkers = 3\ncors_origins = ["http://a"]')
    settings = load(
        {"JXC_PORT": "2", "JXC_WORKERS": "4", "JXC_LOG_JSON": "true", "OTHER": "x"}, toml, workers=5, host=None
    )
    assert (settings.port, settings.host, settings.workers, settings.log_json) == (2, "::1", 5, True)
    assert settings.cors_origins == ("http://a",)


def test_keeps_the_database_in_the_data_directory_unless_told_otherwise(tmp_path: Path) -> None:
    assert load({"JXC_DATA_DIR": "/srv"}, tmp_path / "none").database_url == "sqlite:////srv/jxc.sqlite3"
    url = "postgres://jxc@db/jxc"
    assert load({"JXC_DATABASE_URL": url}, tmp_path / "none").database_url == url


@pytest.mark.parametrize(
    ("environ", "text"),
    [
        ({"JXC_PORT": "x"}, "port"),
        ({"JXC_PORT": "65536"}, "port"),
        ({"JXC_WORKERS": "0"}, "workers"),
        ({"JXC_CONNECTIONS": "0"}, "connections"),
        ({"JXC_CONNECTIONS_PER_ADDRESS": "0"}, "connections_per_address"),
        ({"JXC_HEAD_BYTES": "10"}, "head_bytes"),
        ({"JXC_HEAD_LINES": "1"}, "head_lines"),
        ({"JXC_HEAD_SECONDS": "0"}, "head_seconds"),
        ({"JXC_KEEP_ALIVE_SECONDS": "0"}, "keep_alive_seconds"),
        ({"JXC_ROOT_PATH": "jxc"}, "root_path"),
        ({"JXC_ROOT_PATH": "https://shop.example/jxc"}, "root_path"),
        ({"JXC_TRUSTED_PROXIES": "127.0.0.1 proxy.example.com"}, "trusted_proxies"),
        ({"JXC_CORS_ORIGINS": "https://shop.example/page"}, "cors_origins"),
        ({"JXC_CORS_ORIGINS": "shop.example"}, "cors_origins"),
        ({"JXC_CORS_ORIGINS": "https://*.shop.example"}, "cors_origins"),
        ({"JXC_FORWARDED_HEADER": "x-real-ip"}, "forwarded_header"),
        ({"JXC_DATABASE_URL": "mysql://secret@x"}, "mysql"),
        ({"JXC_LOG_LEVEL": "LOUD"}, "log_level"),
    ],
)
def test_names_the_setting_that_cannot_be_used(environ: dict[str, str], text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=text) as refused:
        load(environ, tmp_path / "none")
    assert "secret" not in str(refused.value)


def test_refuses_unknown_settings_and_broken_files(tmp_path: Path) -> None:
    (tmp_path / "unknown.toml").write_text("prot = 1")
    (tmp_path / "broken.toml").write_text("port =")
    (tmp_path / "latin.toml").write_bytes(b'host = "\xe9"')
    with pytest.raises(SettingsError, match="prot"):
        load({}, tmp_path / "unknown.toml")
    with pytest.raises(SettingsError):
        load({}, tmp_path / "broken.toml")
    with pytest.raises(SettingsError):
        load({}, tmp_path / "latin.toml")


def test_proxies_are_named_one_after_the_other() -> None:
    assert load({"JXC_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"}).trusted_proxies == ("127.0.0.1", "10.0.0.0/8")


def test_hands_on_what_it_is_told_of_settings_that_live_in_the_database(tmp_path: Path) -> None:
    toml = tmp_path / "jxc.toml"
    toml.write_text('port = 1\nzone = "a"\ndays = 3')
    settings = load({"JXC_ZONE": "b", "JXC_LIMIT": "1"}, toml, told=("zone", "days", "limit", "other"))
    assert (settings.port, settings.told) == (1, {"zone": "b", "days": 3, "limit": "1"})
    with pytest.raises(SettingsError, match="zone"):
        load({}, toml)


def test_has_usable_defaults() -> None:
    assert Settings().database_url == "sqlite:///data/jxc.sqlite3"


def test_a_star_stands_for_the_first_part_of_a_host_only() -> None:
    assert load({"JXC_HOSTS": "shop.example.com *.example.com"}).hosts == ("shop.example.com", "*.example.com")
    with pytest.raises(SettingsError):
        load({"JXC_HOSTS": "shop.*.com"})
