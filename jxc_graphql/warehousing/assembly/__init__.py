"""Assembly (组装拆卸): kits are made of components, and taken apart again.

Words
    kit 套件                 a SKU that is made of others; its recipe says of how much of each so many kits are made
    component 组件           what goes into a kit; a kit itself, perhaps
    batch 配方批量           for how many kits the quantities of a recipe are meant, so that every ratio is exact
    assembly 组装单          one posting: components leave stock, kits come in (组装), or the other way round (拆卸)
    extra cost 加工费        what the work itself cost, such as wages: part of the value of what is made
    processing 委外加工      a processor makes kits of components that he has; `processing` takes them in, for his fee
    deviation 差异           more or less of a component than the recipe says; it takes a reason

Tables: `kit`, `kit_component`, `assembly`, `assembly_line`. A recipe is replaced as a whole and its version rises; an
assembly keeps what the recipe said and what was really used.

    components ──assemble──▸ (assembly place) ──▸ kits        kits ──disassemble──▸ (assembly place) ──▸ components
    (lent place) ──process──▸ (assembly place) ──▸ kits

Always true:
- no kit is made of itself, however indirectly, and kits lie in kits five deep at most;
- the value of what comes in is the value of what left plus the extra cost, to the last step;
- when a kit is taken apart its value is shared out over the components by what they cost at present, by largest
  remainder; by their quantities where one of them has no cost yet. What is lost leaves its share to the others;
- kits are as old as the day they are made; their lot expires with the first of the components', unless its label or
  what is known of it says otherwise;
- an assembly is posted at once and for good: it is undone by another one.

Doors: `models`, `operations`, `rules`.
"""
