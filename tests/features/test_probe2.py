import logging
def test_probe(api, running, caplog):
    event = api.event()
    logging.basicConfig(level=10)
    r = api.send("GET", event + "/expenses?search=%00")
    print("PROBE", r.status_code, r.headers, r.text)
    assert 0
