%% @private `color.*': a colour is 16#RRGGBBAA as a whole float.
-module(fxaot_eval_color).

-export([function/2]).

-include("fxaot_eval.hrl").

%% @doc A function of colours; `none' for any other.
-spec function(atom(), [value()]) -> value() | none.
function(color_new, [Colour, Transparency]) ->
    with(Colour, fun(Bits) -> Bits band 16#FFFFFF00 bor opacity(Transparency) end);
function(color_rgb, [R, G, B, T]) ->
    float(channel(R) bsl 24 bor (channel(G) bsl 16) bor (channel(B) bsl 8) bor opacity(T));
function(color_red, [Colour]) -> part(Colour, 24);
function(color_green, [Colour]) -> part(Colour, 16);
function(color_blue, [Colour]) -> part(Colour, 8);
function(color_transparency, [Colour]) ->
    with(Colour, fun(Bits) -> 100 - round((Bits band 16#FF) * 100 / 255) end);
function(color_from_gradient, [X, Bottom, Top, Low, High]) ->
    case fxaot_eval_number:divide(fxaot_eval_number:subtract(X, Bottom),
                                  fxaot_eval_number:subtract(Top, Bottom)) of
        na -> na;
        _ when Top =:= Bottom -> na;
        inf -> mixed(Low, High, 1.0);
        ninf -> mixed(Low, High, 0.0);
        Share -> mixed(Low, High, min(max(Share, 0.0), 1.0))
    end;
function(_, _) -> none.

mixed(Low, High, Share) ->
    with(Low, fun(From) ->
                      case bits(High) of
                          na -> na;
                          To -> lists:foldl(fun(Shift, Sum) ->
                                                    A = (From bsr Shift) band 16#FF,
                                                    B = (To bsr Shift) band 16#FF,
                                                    Sum bor (round(A + (B - A) * Share) bsl Shift)
                                            end, 0, [24, 16, 8, 0])
                      end
              end).

with(Colour, F) ->
    case bits(Colour) of
        na -> na;
        Bits -> case F(Bits) of na -> na; Made -> float(Made) end
    end.

bits(X) when is_float(X), X >= 0.0, X < 4294967296.0 ->
    case trunc(X) of
        Bits when Bits == X -> Bits;
        _ -> na
    end;
bits(_) -> na.

part(Colour, Shift) -> with(Colour, fun(Bits) -> (Bits bsr Shift) band 16#FF end).

channel(X) when is_float(X) -> trunc(min(max(X, 0.0), 255.0));
channel(inf) -> 255;
channel(_) -> 0.

%% Transparency 0 … 100 to opacity 255 … 0; na is opaque.
opacity(X) when is_float(X) -> channel(float(round((100 - min(max(X, -1.0e6), 1.0e6)) * 2.55)));
opacity(inf) -> 0;
opacity(_) -> 255.
