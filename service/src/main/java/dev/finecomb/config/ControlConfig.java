package dev.finecomb.config;

import java.util.Optional;

/**
 * Who may give orders over HTTP.
 *
 * @param token what an order has to bring as {@code Authorization: Bearer}; without one only this machine may give orders
 */
public record ControlConfig(
        @Setting(
                doc =
                        "Bearer token that orders over HTTP have to bring; needed where the service listens beyond this machine",
                pattern = "[A-Za-z0-9._~+/-]{16,512}=*",
                remedy = "take 16 letters and digits or more, for instance from openssl rand -hex 24",
                resumable = true)
        Optional<String> token) {

    /** Without the token. */
    @Override
    public String toString() {
        return "ControlConfig[token=" + (token.isPresent() ? "******" : "none") + "]";
    }
}
